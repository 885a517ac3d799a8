import type * as view from '@baton/core/api';
import type * as wire from '@baton/proto';
import { json } from './from-message.ts';
import { moment } from './time.ts';

/** What the server answers to a change, as plain objects. */

function toReply(
  reply: Pick<wire.AdvanceWorkflowResponse, keyof view.Reply & keyof wire.AdvanceWorkflowResponse>,
): view.Reply {
  const { workflowId, state, role, revision, epoch } = reply;
  return { workflowId, state, role, revision, epoch };
}

export function toStartReply(reply: wire.StartWorkflowResponse): view.StartReply {
  return { ...toReply(reply), instructions: reply.instructions };
}

export function toAdvanceReply(reply: wire.AdvanceWorkflowResponse): view.AdvanceReply {
  const { previousState, complete, awaitsApproval } = reply;
  const handoffData = json(reply.handoffData);
  return { ...toReply(reply), previousState, handoffData, complete, awaitsApproval };
}

export function toRetryReply(reply: wire.RequestRetryResponse): view.RequestRetryReply {
  const { previousState, retries, maxRetries } = reply;
  return { ...toReply(reply), previousState, retries, maxRetries };
}

export function toRollbackReply(reply: wire.RollbackWorkflowResponse): view.RollbackReply {
  const { previousState, rolledBackBy, rolledBackAt } = reply;
  return { ...toReply(reply), previousState, rolledBackBy, at: moment(rolledBackAt) };
}

export function toFailAttemptReply(reply: wire.FailAttemptResponse): view.FailAttemptReply {
  return { ...toReply(reply), attempt: reply.attempt };
}

export function toAskReply(reply: wire.AskQuestionsResponse): view.AskReply {
  return { ...toReply(reply), questionIds: reply.questionIds };
}

export function toAnswerReply(reply: wire.AnswerQuestionResponse): view.AnswerReply {
  return { ...toReply(reply), openQuestionIds: reply.openQuestionIds };
}

export function toApprovalReply(reply: wire.DecideApprovalResponse): view.ApprovalReply {
  const { previousState, approved } = reply;
  return { ...toReply(reply), previousState, approved };
}
