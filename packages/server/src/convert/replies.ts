import type {
  AdvanceReply,
  AskReply,
  ClaimedAssignment,
  FailAttemptReply,
  RequestRetryReply,
  RollbackReply,
  StartReply,
} from '@baton/core';
import type * as wire from '@baton/proto';
import { fromAssignment, fromOwnClaim } from './assignment.ts';
import { timestamp } from './time.ts';
import { list, struct, type Wire } from './wire.ts';

/** What core answers to a change, as the wire has it. */

export function fromStart(reply: StartReply): Wire<wire.StartWorkflowResponse> {
  return {
    $typeName: 'baton.v1.StartWorkflowResponse',
    workflowId: reply.workflowId,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    instructions: reply.instructions,
  };
}

export function fromAdvance(reply: AdvanceReply): Wire<wire.AdvanceWorkflowResponse> {
  return {
    $typeName: 'baton.v1.AdvanceWorkflowResponse',
    workflowId: reply.workflowId,
    previousState: reply.previousState,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    handoffData: struct(reply.handoffData),
    complete: reply.complete,
    awaitsApproval: reply.awaitsApproval,
  };
}

export function fromRequestRetry(reply: RequestRetryReply): Wire<wire.RequestRetryResponse> {
  return {
    $typeName: 'baton.v1.RequestRetryResponse',
    workflowId: reply.workflowId,
    previousState: reply.previousState,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    retries: reply.retries,
    maxRetries: reply.maxRetries,
  };
}

export function fromRollback(reply: RollbackReply): Wire<wire.RollbackWorkflowResponse> {
  return {
    $typeName: 'baton.v1.RollbackWorkflowResponse',
    workflowId: reply.workflowId,
    previousState: reply.previousState,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    rolledBackBy: reply.rolledBackBy,
    rolledBackAt: timestamp(reply.at),
  };
}

export function fromClaimed(claimed: ClaimedAssignment): Wire<wire.ClaimAssignmentResponse> {
  return {
    $typeName: 'baton.v1.ClaimAssignmentResponse',
    claimToken: claimed.claim.token,
    claim: fromOwnClaim(claimed.claim),
    assignment: fromAssignment(claimed.assignment),
  };
}

export function fromFailAttempt(reply: FailAttemptReply): Wire<wire.FailAttemptResponse> {
  return {
    $typeName: 'baton.v1.FailAttemptResponse',
    workflowId: reply.workflowId,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    attempt: reply.attempt,
  };
}

export function fromAsk(reply: AskReply): Wire<wire.AskQuestionsResponse> {
  return {
    $typeName: 'baton.v1.AskQuestionsResponse',
    workflowId: reply.workflowId,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    questionIds: list(reply.questionIds),
  };
}
