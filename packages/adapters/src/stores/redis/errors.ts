import { BatonError } from '@baton/core';

/** Error prefixes (redis.io/docs, "Redis serialization protocol") of what passes by itself or by care. */
const PASSING: ReadonlySet<string> = new Set(
  `OOM MISCONF READONLY LOADING BUSY MASTERDOWN CLUSTERDOWN TRYAGAIN NOREPLICAS MOVED ASK
   UNKILLABLE NOMASTERLINK`.split(/\s+/),
);
/** …and of what stays until somebody changes the settings. */
const REFUSED: ReadonlySet<string> = new Set(['NOAUTH', 'WRONGPASS', 'NOPERM', 'DENIED']);
/** What a script says, with the prefix of any error, whose user may not use one of its commands. */
const NOT_ALLOWED = /user executing the script can't (?:run|access)/;

/** What ioredis or the server threw, as callers of a store know it. */
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
    // No reply at all: the connection was lost, closed or silent for too long.
    return new BatonError('unavailable', text, { cause: reason });
  }
  return new BatonError('internal', text, { cause: reason });
}

/** A record that cannot be read. It is left as it is. */
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

/** The first word of a server's error; undefined for what no server has said. */
export function replyPrefix(reason: unknown): string | undefined {
  if (!(reason instanceof Error) || reason.name !== 'ReplyError') return undefined;
  return reason.message.split(' ', 1)[0];
}
