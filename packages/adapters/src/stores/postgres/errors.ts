import { BatonError } from '@baton/core';
import { isCertificateProblem } from '../certificate-problem.ts';

/*
 * SQLSTATE codes and classes (postgresql.org/docs/current/errcodes-appendix.html). What is in no
 * list (no connection, too many of them, shutdown, cancelled, deadlock, serialization, disk full,
 * read-only) is nobody's values' fault and may pass: `unavailable`.
 */
const DAMAGED: ReadonlySet<string> = new Set(['XX001', 'XX002']);
/** Passwords, databases, schemas, tables, rights: they don't come by waiting. */
const MISSING: ReadonlySet<string> = new Set(['28', '3D', '3F', '42']);
/** Data exceptions, constraints, limits of one row: one statement's values are at fault. */
const REFUSED: ReadonlySet<string> = new Set(['22', '23', '54']);

/** What the driver or the server threw, as callers of a store know it. */
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

/** Whether the fault lies with one commit's values, so that its neighbours can still be written. */
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

/** A connection that was tried at several addresses fails with an error that has no message. */
function messageOf(reason: unknown): string {
  if (reason instanceof AggregateError && reason.message === '') {
    return reason.errors.map(messageOf).join('; ');
  }
  return reason instanceof Error ? reason.message : String(reason);
}
