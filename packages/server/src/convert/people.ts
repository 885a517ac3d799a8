import type {
  AnswerQuestionRequest,
  AnswerReply,
  ApprovalReply,
  Awaiting,
  DecideApprovalRequest,
  Question,
} from '@baton/core';
import type * as wire from '@baton/proto';
import { timestamp } from './time.ts';
import { list, type Whole, type Wire } from './wire.ts';

/** What a workflow needs of people. */

export function toAnswerQuestion(
  request: wire.AnswerQuestionRequest,
): Whole<AnswerQuestionRequest> {
  return {
    workflowId: request.workflowId,
    questionId: request.questionId,
    answer: request.answer,
    answeredBy: request.answeredBy,
    requestId: request.requestId,
    expectedRevision: request.expectedRevision,
  };
}

export function toDecideApproval(
  request: wire.DecideApprovalRequest,
): Whole<DecideApprovalRequest> {
  return {
    workflowId: request.workflowId,
    // Core refuses a request that leaves it out.
    approved: request.approved as boolean,
    decidedBy: request.decidedBy,
    reason: request.reason,
    targetState: request.targetState,
    requestId: request.requestId,
    expectedRevision: request.expectedRevision,
  };
}

export function fromAnswerReply(reply: AnswerReply): Wire<wire.AnswerQuestionResponse> {
  return {
    $typeName: 'baton.v1.AnswerQuestionResponse',
    workflowId: reply.workflowId,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    openQuestionIds: list(reply.openQuestionIds),
  };
}

export function fromApprovalReply(reply: ApprovalReply): Wire<wire.DecideApprovalResponse> {
  return {
    $typeName: 'baton.v1.DecideApprovalResponse',
    workflowId: reply.workflowId,
    previousState: reply.previousState,
    state: reply.state,
    role: reply.role,
    revision: reply.revision,
    epoch: reply.epoch,
    approved: reply.approved,
  };
}

export function fromQuestion(question: Question): Wire<wire.Question> {
  const { answer } = question;
  return {
    $typeName: 'baton.v1.Question',
    id: question.id,
    text: question.text,
    choices: list(question.choices),
    askedInState: question.askedInState,
    askedBy: question.askedBy,
    askedAt: timestamp(question.askedAt),
    answer: answer && {
      $typeName: 'baton.v1.Answer',
      text: answer.text,
      answeredBy: answer.answeredBy,
      answeredAt: timestamp(answer.at),
    },
  };
}

export function fromAwaiting(awaiting: Awaiting): Wire<wire.Awaiting> {
  const approval = awaiting.kind === 'approval' ? awaiting : undefined;
  return {
    $typeName: 'baton.v1.Awaiting',
    kind: awaiting.kind,
    since: timestamp(awaiting.since),
    to: approval?.to,
    role: approval?.role,
    approvers: list(approval?.approvers ?? []),
  };
}
