import { BatonError } from '@baton/core';
import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkNumber } from '../check-option.ts';

/** Options of `createSqliteStore`. */
export interface SqliteStoreOptions {
  /** File of the database; the store creates missing parent folders. `:memory:` keeps nothing. */
  readonly path: string;
  /** Milliseconds that a commit waits for a commit of another process, 1 to 2,147,483,647. Default 10,000. */
  readonly busyTimeoutMs?: number | undefined;
  /** Receives a line for each unreadable record, which lists then leave out. Default: a process warning. */
  readonly warn?: ((line: string) => void) | undefined;
}

export type ResolvedSqliteOptions = Resolved<SqliteStoreOptions>;

/**
 * Resolves the defaults; the only place that does.
 *
 * @throws BatonError `invalid_input`.
 */
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
