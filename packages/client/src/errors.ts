import { BatonError, ERROR_CODES, type ErrorCode } from '@baton/core/errors';
import { BadRequestSchema, ErrorInfoSchema } from '@baton/proto';
import { Code, ConnectError } from '@connectrpc/connect';

/** For answers that are not Baton's own: a proxy's, or those of a broken connection. */
const CODES: Readonly<Partial<Record<Code, ErrorCode>>> = {
  [Code.Canceled]: 'cancelled',
  [Code.InvalidArgument]: 'invalid_input',
  [Code.DeadlineExceeded]: 'deadline_exceeded',
  [Code.NotFound]: 'not_found',
  [Code.AlreadyExists]: 'already_exists',
  [Code.PermissionDenied]: 'not_owner',
  [Code.ResourceExhausted]: 'limit_exceeded',
  [Code.FailedPrecondition]: 'wrong_state',
  [Code.Aborted]: 'stale_revision',
  [Code.Unavailable]: 'unavailable',
  [Code.DataLoss]: 'data_loss',
};

/** What a call threw, as embedded callers know it: code, violations and legal choices restored. */
export function toBatonError(reason: unknown): BatonError {
  if (reason instanceof BatonError) return reason;
  const error = ConnectError.from(reason);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [badRequest] = error.findDetails(BadRequestSchema);
  const told = info?.reason.toLowerCase() as ErrorCode | undefined;
  const known = told !== undefined && ERROR_CODES.includes(told) ? told : undefined;
  // What fetch throws when it got no answer (fetch.spec.whatwg.org: a network error).
  const unanswered = info === undefined && error.cause instanceof TypeError;
  const code = known ?? (unanswered ? 'unavailable' : CODES[error.code]) ?? 'internal';
  const { legal, retryable, ...metadata } = info?.metadata ?? {};
  return new BatonError(code, error.rawMessage, {
    violations: (badRequest?.fieldViolations ?? []).map(({ field, description }) => ({
      field: field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      description,
    })),
    legal: legal === undefined ? [] : legal.split(','),
    metadata,
    ...(retryable !== undefined && { retryable: retryable === 'true' }),
    cause: reason,
  });
}
