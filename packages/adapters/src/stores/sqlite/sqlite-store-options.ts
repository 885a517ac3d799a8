import { BatonError } from '@baton/core';
import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkNumber } from '../check-option.ts';

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
  checkPath(options.path);
  checkNumber('busyTimeoutMs', resolved.busyTimeoutMs, MAX_TIMER_MS);
  return resolved;
}

/** SQLite takes an empty one for a file that is gone when it is closed. */
function checkPath(path: unknown): void {
  if (typeof path === 'string' && path !== '') return;
  const found = path === '' ? 'an empty one' : typeof path;
  throw new BatonError('invalid_input', `path: found ${found}, expected a file's, or ':memory:'`);
}
