import type {
  AdvanceRequest,
  AskRequest,
  ClaimRequest,
  FailAttemptRequest,
  RenewClaimRequest,
  RequestRetryRequest,
  StartRequest,
} from '@baton/core/api';
import {
  AdvanceWorkflowRequestSchema,
  AskQuestionsRequestSchema,
  ClaimAssignmentRequestSchema,
  FailAttemptRequestSchema,
  RenewClaimRequestSchema,
  RequestRetryRequestSchema,
  StartWorkflowRequestSchema,
} from '@baton/proto';
import {
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { encodable } from './encodable.ts';
import { duration } from './time.ts';
import { fromAllowance, fromBudgets, fromUsage } from './usage.ts';

/**
 * A request whose fields the wire has under the same names.
 *
 * @throws BatonError `invalid_input` for what the wire cannot carry.
 */
export function toMessage<D extends DescMessage>(schema: D, request: object): MessageShape<D> {
  return create(schema, encodable(schema, request) as MessageInitShape<D>);
}

// The requests that the wire has in other words: durations, counts, and tokens by their full names.

export function toStart({ timeoutSeconds, budgets, ...request }: StartRequest) {
  return toMessage(StartWorkflowRequestSchema, {
    ...request,
    timeout: toTimeout(timeoutSeconds),
    budgets: budgets && fromBudgets(budgets),
  });
}

export function toAdvance({ usage, ...request }: AdvanceRequest) {
  return toMessage(AdvanceWorkflowRequestSchema, { ...request, usage: usage && fromUsage(usage) });
}

export function toRequestRetry({
  usage,
  budgets,
  timeoutSeconds,
  ...request
}: RequestRetryRequest) {
  return toMessage(RequestRetryRequestSchema, {
    ...request,
    timeout: toTimeout(timeoutSeconds),
    usage: usage && fromUsage(usage),
    budgets: budgets && fromBudgets(budgets),
  });
}

export function toClaim({ leaseMs, token, reserve, ...request }: ClaimRequest) {
  return toMessage(ClaimAssignmentRequestSchema, {
    ...request,
    lease: duration(leaseMs, 'leaseMs'),
    claimToken: token,
    reserve: reserve && fromAllowance(reserve, 'reserve'),
  });
}

export function toRenewClaim({ workflowId, token, leaseMs }: RenewClaimRequest) {
  const lease = duration(leaseMs, 'leaseMs');
  return toMessage(RenewClaimRequestSchema, { workflowId, claimToken: token, lease });
}

export function toFailAttempt({ retryAfterMs, usage, ...request }: FailAttemptRequest) {
  return toMessage(FailAttemptRequestSchema, {
    ...request,
    retryAfter: retryAfterMs === undefined ? undefined : duration(retryAfterMs, 'retryAfterMs'),
    usage: usage && fromUsage(usage),
  });
}

export function toAsk({ usage, ...request }: AskRequest) {
  return toMessage(AskQuestionsRequestSchema, { ...request, usage: usage && fromUsage(usage) });
}

function toTimeout(seconds: number | undefined) {
  return seconds === undefined ? undefined : duration(Math.round(seconds * 1000), 'timeoutSeconds');
}
