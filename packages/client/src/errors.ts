import { BatonError, ERROR_CODES, type ErrorCode } from '@baton/core/errors';
import { BadRequestSchema, ErrorInfoSchema } from '@baton/proto';
import { retellFields, toCoreField } from '@baton/wire';
import { Code, ConnectError } from '@connectrpc/connect';
import { transportFault } from './transport-fault.ts';

/** For answers that are not Baton's own, such as a proxy's. */
const CODES: Readonly<Partial<Record<Code, ErrorCode>>> = {
  [Code.Canceled]: 'cancelled',
  [Code.InvalidArgument]: 'invalid_input',
  [Code.DeadlineExceeded]: 'deadline_exceeded',
  [Code.NotFound]: 'not_found',
  [Code.AlreadyExists]: 'already_exists',
  [Code.PermissionDenied]: 'not_owner',
  [Code.ResourceExhausted]: 'limit_exceeded',
  [Code.FailedPrecondition]: 'wrong_state',
  [Code.Unavailable]: 'unavailable',
  [Code.DataLoss]: 'data_loss',
};

/** What was called, for what is said of a failure. */
export interface Callee {
  /** Where the server is; absent with a transport of the user's own. */
  readonly address?: string | undefined;
  /** Aborts when the caller wants no answer any more. */
  readonly signal?: AbortSignal | undefined;
  /** The type of the request. */
  readonly request?: string | undefined;
}

/** What a call threw, as embedded callers know it: code, violations and legal choices restored. */
export function toBatonError(reason: unknown, callee: Callee = {}): BatonError {
  if (BatonError.is(reason)) return reason;
  if (callee.signal?.aborted) {
    return new BatonError('cancelled', 'the call was aborted', { cause: callee.signal.reason });
  }
  const error = ConnectError.from(reason);
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) {
    const fault = transportFault(error, callee.address);
    if (fault !== undefined) return fault;
  }
  const told = error.findDetails(BadRequestSchema)[0]?.fieldViolations ?? [];
  const nameOf = (field: string): string => toCoreField(field, callee.request);
  const reported = info?.reason.toLowerCase() as ErrorCode | undefined;
  const known = reported !== undefined && ERROR_CODES.includes(reported) ? reported : undefined;
  const { legal, retryable, ...metadata } = info?.metadata ?? {};
  const message = retellFields(error.rawMessage, told, nameOf);
  return new BatonError(known ?? CODES[error.code] ?? 'internal', message, {
    violations: told.map(({ field, description }) => ({ field: nameOf(field), description })),
    legal: legal === undefined ? [] : legal.split(','),
    metadata,
    ...(retryable !== undefined && { retryable: retryable === 'true' }),
    cause: reason,
  });
}
