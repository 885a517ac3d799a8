import {
  ClaimAssignmentRequestSchema,
  FailAttemptRequestSchema,
  RenewClaimRequestSchema,
  StartWorkflowRequestSchema,
} from '@baton/proto';
import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import type {
  ClaimRequest,
  FailAttemptRequest,
  RenewClaimRequest,
  StartRequest,
} from '../requests.ts';
import { duration } from './time.ts';

/** A request whose fields the wire has under the same names; undefined members are left out. */
export function toMessage<D extends DescMessage>(schema: D, request: object): MessageShape<D> {
  const members = Object.entries(request).filter(([, value]) => value !== undefined);
  return create(schema, Object.fromEntries(members) as MessageInitShape<D>);
}

// The requests that the wire has in other words: durations, and tokens by their full names.

export function toStart({ timeoutSeconds, ...request }: StartRequest) {
  const timeout = timeoutSeconds === undefined ? undefined : duration(timeoutSeconds * 1000);
  return toMessage(StartWorkflowRequestSchema, { ...request, timeout });
}

export function toClaim({ leaseMs, token, ...request }: ClaimRequest) {
  const lease = duration(leaseMs);
  return toMessage(ClaimAssignmentRequestSchema, { ...request, lease, claimToken: token });
}

export function toRenewClaim({ workflowId, token, leaseMs }: RenewClaimRequest) {
  const lease = duration(leaseMs);
  return toMessage(RenewClaimRequestSchema, { workflowId, claimToken: token, lease });
}

export function toFailAttempt({ retryAfterMs, ...request }: FailAttemptRequest) {
  const retryAfter = retryAfterMs === undefined ? undefined : duration(retryAfterMs);
  return toMessage(FailAttemptRequestSchema, { ...request, retryAfter });
}
