import { BatonError } from '@baton/core';

/**
 * SQLite's primary result codes (sqlite.org/rescode.html) for a damaged file; ERROR means that a table or
 * column is missing.
 */
const DAMAGED: ReadonlySet<number> = new Set([1 /* ERROR */, 11 /* CORRUPT */, 26 /* NOTADB */]);
/** Result codes for which the values of a statement are the cause, not the database. */
const REFUSED: ReadonlySet<number> = new Set([
  18 /* TOOBIG */, 19 /* CONSTRAINT */, 20 /* MISMATCH */,
]);

/** Converts an error of SQLite to a BatonError. */
export function toBatonError(reason: unknown, what: string): BatonError {
  if (BatonError.is(reason)) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  const code = primaryCode(reason);
  const text = `${what}: ${message}`;
  if (code !== undefined && DAMAGED.has(code)) {
    return new BatonError('data_loss', text, { cause: reason });
  }
  if (code !== undefined && REFUSED.has(code)) {
    return new BatonError('internal', text, { cause: reason });
  }
  // Busy, locked, full, read-only, I/O errors, a closed handle, a folder that is not writable.
  return new BatonError('unavailable', text, { cause: reason });
}

/** Whether another process holds the file's lock. */
export function isBusy(reason: unknown): boolean {
  return primaryCode(reason) === 5 /* BUSY */;
}

/** Whether one commit's values are the cause, so that other commits of the batch can still be written. */
export function isOwnFault(reason: unknown): boolean {
  const code = primaryCode(reason);
  if (code !== undefined) return REFUSED.has(code);
  return (
    (reason as { code?: string }).code === 'ERR_INVALID_ARG_TYPE' || reason instanceof TypeError
  );
}

function primaryCode(reason: unknown): number | undefined {
  const code = (reason as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined;
}
