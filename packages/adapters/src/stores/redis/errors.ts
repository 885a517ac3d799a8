import { BatonError } from '@baton/core';

/**
 * Error prefixes (redis.io/docs, "Redis serialization protocol") of conditions that pass or that an operator
 * fixes.
 */
const PASSING: ReadonlySet<string> = new Set(
  `OOM MISCONF READONLY LOADING BUSY MASTERDOWN CLUSTERDOWN TRYAGAIN NOREPLICAS MOVED ASK
   UNKILLABLE NOMASTERLINK`.split(/\s+/),
);
/** Error prefixes of conditions that last until the settings are changed. */
const REFUSED: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED']);
/** The message of a script whose user may not run one of its commands; its prefix varies. */
const NOT_ALLOWED = /user executing the script can't (?:run|access)/;

/** Converts an error of ioredis or the server to a BatonError. */
export function toBatonError(reason: unknown, what: string): BatonError {
  if (BatonError.is(reason)) return reason;
  const message = reason instanceof Error ? reason.message : String(reason);
  const text = `${what}: ${message}`;
  const isBug = [TypeError, ReferenceError, RangeError].some((kind) => reason instanceof kind);
  if (isBug) return new BatonError('internal', text, { cause: reason });
  const prefix = replyPrefix(reason);
  if (prefix === 'WRONGTYPE') return new BatonError('data_loss', text, { cause: reason });
  if (prefix !== undefined && (REFUSED.has(prefix) || NOT_ALLOWED.test(message))) {
    return new BatonError('unavailable', text, { cause: reason, retryable: false });
  }
  if (prefix === undefined || PASSING.has(prefix) || /max number of clients/.test(message)) {
    // No reply: the connection was lost, closed or silent for too long.
    return new BatonError('unavailable', text, { cause: reason });
  }
  return new BatonError('internal', text, { cause: reason });
}

/** The error for an unreadable record, which is left as it is. */
export function unreadable(key: string, problem: string, cause?: unknown): BatonError {
  return new BatonError('data_loss', `the Redis key '${key}' cannot be read: ${problem}`, {
    metadata: { key },
    cause,
  });
}

/** Whether no server has answered. */
export function isSilence(reason: unknown): boolean {
  return (
    !(BatonError.is(reason) || reason instanceof TypeError) && replyPrefix(reason) === undefined
  );
}

/** The first word of a server's error; undefined for other errors. */
export function replyPrefix(reason: unknown): string | undefined {
  if (!(reason instanceof Error) || reason.name !== 'ReplyError') return undefined;
  return reason.message.split(' ', 1)[0];
}
