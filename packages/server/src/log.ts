import { createRedactor, redactDeep } from '@baton/adapters/secrets';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

type Write = (message: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Where the server says what it does. */
export interface Log {
  /** Whether every request is worth a line. */
  readonly requests: boolean;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Options of {@link createLog}. */
export interface LogOptions {
  /** Lines below this level are left out. `debug` has a line for every request. Default `info`. */
  readonly level?: LogLevel | undefined;
  /** Takes one line without its end. Default: standard error. */
  readonly write?: ((line: string) => void) | undefined;
}

/**
 * Writes one line of JSON for each message and masks what looks like a key.
 *
 * @example
 * import { createLog } from '@baton/server';
 * const log = createLog({ level: 'debug' });
 * log.info('the server is up', { port: 7481 });
 */
export function createLog(options: LogOptions = {}): Log {
  const least = LOG_LEVELS.indexOf(options.level ?? 'info');
  const redact = createRedactor();
  const write = options.write ?? ((line) => process.stderr.write(`${line}\n`));
  const at =
    (level: Exclude<LogLevel, 'silent'>): Write =>
    (message, facts) => {
      if (LOG_LEVELS.indexOf(level) < least) return;
      const said = redactDeep(redact, { level, message, ...facts });
      write(JSON.stringify({ time: new Date().toISOString(), ...said }));
    };
  return {
    requests: least === 0,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
