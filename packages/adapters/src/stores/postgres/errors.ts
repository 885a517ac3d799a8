import { BatonError } from '@baton/core';
import { isCertificateProblem } from '../certificate-problem.ts';

/*
 * SQLSTATE codes and classes (postgresql.org/docs/current/errcodes-appendix.html). All other codes are
 * `unavailable`: they do not depend on the values and may pass (no connection, too many connections,
 * shutdown, cancelled, deadlock, serialization, disk full, read-only).
 */
const DAMAGED: ReadonlySet<string> = new Set(['XX001', 'XX002']);
/** Passwords, databases, schemas, tables, privileges: waiting does not help. */
const MISSING: ReadonlySet<string> = new Set(['28', '3D', '3F', '42']);
/** Data exceptions, constraints and limits of one row: the values of a statement are the cause. */
const REFUSED: ReadonlySet<string> = new Set(['22', '23', '54']);

/** Converts an error of the driver or the server to a BatonError. */
export function toBatonError(reason: unknown, what: string): BatonError {
  if (BatonError.is(reason)) return reason;
  const message = messageOf(reason);
  const code = stateOf(reason);
  const text = `${what}: ${message}`;
  if (code !== undefined && DAMAGED.has(code)) {
    return new BatonError('data_loss', text, { cause: reason });
  }
  if (isOwnFault(reason)) return new BatonError('internal', text, { cause: reason });
  if (isUnreadableFile(reason)) {
    const problem = `${text} (a file that the URL names: sslrootcert, sslcert or sslkey)`;
    return new BatonError('invalid_input', problem, { cause: reason });
  }
  const isMissing = code !== undefined && MISSING.has(code.slice(0, 2));
  const retryable = !isMissing && !isCertificateProblem(reason);
  return new BatonError('unavailable', text, { cause: reason, retryable });
}

function isUnreadableFile(reason: unknown): boolean {
  const { syscall, path } = reason as { syscall?: unknown; path?: unknown };
  return syscall === 'open' && typeof path === 'string';
}

/** Whether one commit's values are the cause, so that other commits of the batch can still be written. */
export function isOwnFault(reason: unknown): boolean {
  const code = stateOf(reason);
  return code === undefined ? reason instanceof TypeError : REFUSED.has(code.slice(0, 2));
}

/** Whether no server has answered. */
export function isSilence(reason: unknown): boolean {
  return stateOf(reason) === undefined && !(reason instanceof TypeError);
}

/** Node's own error codes (`ECONNREFUSED`) are longer. */
function stateOf(reason: unknown): string | undefined {
  const code = (reason as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** After several addresses, the error of a connection has no message of its own. */
function messageOf(reason: unknown): string {
  if (reason instanceof AggregateError && reason.message === '') {
    return reason.errors.map(messageOf).join('; ');
  }
  return reason instanceof Error ? reason.message : String(reason);
}
