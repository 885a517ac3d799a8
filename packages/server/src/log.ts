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

export interface LogOptions {
  /** Lines below this level are left out. `debug` has a line for every request. Default `info`. */
  readonly level?: LogLevel | undefined;
  /** Takes one line without its end. Default: standard error. */
  readonly write?: ((line: string) => void) | undefined;
}

/** One line of JSON for each thing said, in which whatever looks like a key is masked. */
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
