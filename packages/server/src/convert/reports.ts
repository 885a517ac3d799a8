import type {
  AskRequest,
  ClaimRequest,
  FailAttemptRequest,
  ListClaimableRequest,
  Note,
  Principal,
  RenewClaimRequest,
  ReportProgressRequest,
} from '@baton/core';
import type * as wire from '@baton/proto';
import { milliseconds, requiredMilliseconds } from './time.ts';
import { toAllowance, toUsage } from './usage.ts';
import { present, type Whole } from './wire.ts';

/** What runners ask and report, as core has it. Core validates, as for the other requests. */

export function toListClaimable(request: wire.ListClaimableRequest): Whole<ListClaimableRequest> {
  return { roles: request.roles, limit: request.limit, workflowId: request.workflowId };
}

export function toClaim(request: wire.ClaimAssignmentRequest): Whole<ClaimRequest> {
  const { principal } = request;
  return {
    workflowId: request.workflowId,
    worker: request.worker,
    roles: request.roles,
    leaseMs: requiredMilliseconds(request.lease, 'lease'),
    token: request.claimToken,
    principal: principal && {
      models: principal.models,
      modelFamilies: principal.modelFamilies,
      // Core checks it.
      kind: principal.kind as Principal['kind'],
    },
    reserve: toAllowance(request.reserve),
    expectedRevision: request.expectedRevision,
    expectedEpoch: request.expectedEpoch,
  };
}

export function toRenewClaim(request: wire.RenewClaimRequest): Whole<RenewClaimRequest> {
  return {
    workflowId: request.workflowId,
    token: request.claimToken,
    leaseMs: requiredMilliseconds(request.lease, 'lease'),
  };
}

export function toFailAttempt(request: wire.FailAttemptRequest): Whole<FailAttemptRequest> {
  return {
    workflowId: request.workflowId,
    claimToken: request.claimToken,
    code: request.code,
    message: request.message,
    retryable: request.retryable,
    retryAfterMs: request.retryAfter && milliseconds(request.retryAfter, 'retry_after'),
    usage: toUsage(request.usage),
    notes: toNotes(request.notes),
    requestId: request.requestId,
  };
}

export function toAsk(request: wire.AskQuestionsRequest): Whole<AskRequest> {
  return {
    workflowId: request.workflowId,
    claimToken: request.claimToken,
    questions: request.questions.map(({ text, choices }) => ({
      text,
      ...present({ choices: choices.length > 0 ? choices : undefined }),
    })),
    usage: toUsage(request.usage),
    notes: toNotes(request.notes),
    requestId: request.requestId,
  };
}

export function toReportProgress(
  request: wire.ReportProgressRequest,
): Whole<ReportProgressRequest> {
  return {
    workflowId: request.workflowId,
    claimToken: request.claimToken,
    messages: request.messages,
  };
}

export function toNotes(notes: readonly wire.Note[]): Note[] {
  return notes.map(({ code, message }) => ({ code, message }));
}
