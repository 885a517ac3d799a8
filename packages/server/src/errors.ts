import { randomUUID } from 'node:crypto';
import { BatonError, type ErrorCode } from '@baton/core';
import {
  type BadRequest,
  BadRequestSchema,
  type ErrorInfo,
  ErrorInfoSchema,
  type RetryInfo,
  RetryInfoSchema,
} from '@baton/proto';
import { retellFields, toWireField } from '@baton/wire';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import type { Log } from './log.ts';

const ERROR_DOMAIN = 'baton.dev';

/** Each code of Baton as an RPC code. The numbers are those of gRPC. */
export const RPC_CODES = {
  invalid_input: Code.InvalidArgument,
  not_found: Code.NotFound,
  illegal_transition: Code.FailedPrecondition,
  wrong_state: Code.FailedPrecondition,
  gate_not_passed: Code.FailedPrecondition,
  timed_out: Code.FailedPrecondition,
  budget_spent: Code.FailedPrecondition,
  not_owner: Code.PermissionDenied,
  unauthenticated: Code.Unauthenticated,
  permission_denied: Code.PermissionDenied,
  stale_revision: Code.Aborted,
  stale_epoch: Code.Aborted,
  stale_claim: Code.Aborted,
  already_exists: Code.AlreadyExists,
  request_id_reused: Code.AlreadyExists,
  limit_exceeded: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  cancelled: Code.Canceled,
  deadline_exceeded: Code.DeadlineExceeded,
  data_loss: Code.DataLoss,
  internal: Code.Internal,
} as const satisfies Record<ErrorCode, Code>;

/** An error as it may be told to a caller, whichever binding tells it. */
export interface WireError {
  readonly error: BatonError;
  readonly code: Code;
  readonly message: string;
  readonly details: readonly Detail[];
}

/** A google.rpc error detail with its descriptor. */
type Detail =
  | DetailOf<typeof ErrorInfoSchema>
  | DetailOf<typeof BadRequestSchema>
  | DetailOf<typeof RetryInfoSchema>;

interface DetailOf<D extends DescMessage> {
  readonly desc: D;
  readonly value: MessageShape<D>;
}

// Errors travel in trailers, and many clients refuse more than 8 KiB of those.
const MAX_MESSAGE = 1000;
const MAX_TEXT = 200;
const MAX_VIOLATIONS = 8;

const RETRY_DELAY_MS = 1000;

/**
 * What a caller gets to know of `reason`. A bug in Baton is told by an id alone; `log` has the rest
 * under the same id.
 */
export function toWireError(reason: unknown, log: Log): WireError {
  const error = withoutInternals(BatonError.from(reason), log);
  const code = RPC_CODES[error.code];
  const details: Detail[] = [{ desc: ErrorInfoSchema, value: errorInfo(error) }];
  if (error.violations.length > 0) {
    details.push({ desc: BadRequestSchema, value: badRequest(error) });
  }
  if (error.retryable) details.push({ desc: RetryInfoSchema, value: retryInfo });
  const message = retellFields(error.message, error.violations, toWireField);
  return { error, code, message: cut(message), details };
}

function withoutInternals(error: BatonError, log: Log): BatonError {
  if (error.code !== 'internal') return error;
  const errorId = randomUUID();
  log.error('a request failed because of a bug in Baton', {
    errorId,
    error: error.stack ?? error.message,
    ...(error.cause instanceof Error && { cause: error.cause.stack }),
  });
  return new BatonError('internal', `internal error; the server's log has it as ${errorId}`, {
    metadata: { error_id: errorId },
    retryable: error.retryable,
  });
}

function errorInfo(error: BatonError): ErrorInfo {
  const metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(error.metadata)) metadata[key] = cut(value, MAX_TEXT);
  metadata['retryable'] = String(error.retryable);
  if (error.legal.length > 0) metadata['legal'] = cut(error.legal.join(','), MAX_MESSAGE);
  return {
    $typeName: 'google.rpc.ErrorInfo',
    reason: error.code.toUpperCase(),
    domain: ERROR_DOMAIN,
    metadata,
  };
}

function badRequest(error: BatonError): BadRequest {
  return {
    $typeName: 'google.rpc.BadRequest',
    fieldViolations: error.violations.slice(0, MAX_VIOLATIONS).map(({ field, description }) => ({
      $typeName: 'google.rpc.BadRequest.FieldViolation',
      field: cut(toWireField(field), MAX_TEXT),
      description: cut(description, MAX_TEXT),
    })),
  };
}

const retryInfo: RetryInfo = {
  $typeName: 'google.rpc.RetryInfo',
  retryDelay: durationFromMs(RETRY_DELAY_MS),
};

/** Trailers bear no lone surrogates, which a request in JSON can bring in. */
export function cut(text: string, length = MAX_MESSAGE): string {
  return (text.length > length ? `${text.slice(0, length - 1)}…` : text).toWellFormed();
}
