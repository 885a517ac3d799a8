import { createRedactor, redactDeep } from '@baton/adapters/secrets';
import { pino } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

type LogFacts = Readonly<Record<string, unknown>>;

type Write = (message: string, facts?: LogFacts) => void;

/** Where a process says what it does. */
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
 * Writes one line of JSON for each message, with pino, and masks what looks like a key. A fact that is
 * called `message` replaces the message; none replaces `level` or `time`.
 *
 * @example
 * import { createLog } from '@baton/telemetry/log';
 * const log = createLog({ level: 'debug' });
 * log.info('the server is up', { port: 7481 });
 */
export function createLog({ level = 'info', write = toStandardError }: LogOptions = {}): Log {
  const redact = createRedactor();
  const logger = pino(
    {
      level,
      // What collects the lines knows their host and process, and names them in its own way.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => write(line.trimEnd()) },
  );
  const at =
    (label: Exclude<LogLevel, 'silent'>): Write =>
    (message, facts) => {
      if (!logger.isLevelEnabled(label)) return;
      const { level: _, time: __, ...said } = { message, ...facts } as Record<string, unknown>;
      logger[label](redactDeep(redact, said));
    };
  return {
    requests: level === 'debug',
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
