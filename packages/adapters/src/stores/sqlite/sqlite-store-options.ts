import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkNumber } from '../check-number.ts';

export interface SqliteStoreOptions {
  /** File of the database; missing parent folders are made. `:memory:` keeps nothing. */
  readonly path: string;
  /** How long a commit waits for another process's, in milliseconds. Default 10,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Hears of a record that cannot be read and so is not offered as work. Default: a process warning. */
  readonly warn?: ((line: string) => void) | undefined;
}

export type ResolvedSqliteOptions = Resolved<SqliteStoreOptions>;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
export function resolveSqliteOptions(options: SqliteStoreOptions): ResolvedSqliteOptions {
  const resolved = {
    busyTimeoutMs: 10_000,
    warn: (line: string) => process.emitWarning(line),
    ...present(options),
  };
  checkNumber('busyTimeoutMs', resolved.busyTimeoutMs, MAX_TIMER_MS);
  return resolved;
}
