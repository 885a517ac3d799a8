import type { Assignment, AvailableWork, Checkpoint, Claim, Feedback } from '@baton/core';
import type * as wire from '@baton/proto';
import { timestamp } from './time.ts';
import { fromAllowance } from './usage.ts';
import { list, struct, type Wire } from './wire.ts';

export function fromAssignment(assignment: Assignment): Wire<wire.Assignment> {
  const inputs = Object.entries(assignment.inputs).map(([phase, output]) => [
    phase,
    struct(output),
  ]);
  return {
    $typeName: 'baton.v1.Assignment',
    workflowId: assignment.workflowId,
    buildId: assignment.buildId,
    projectId: assignment.projectId,
    userId: assignment.userId,
    definition: fromDefinitionReference(assignment.definition),
    state: assignment.state,
    role: assignment.role,
    epoch: assignment.epoch,
    attempt: assignment.attempt,
    instructions: assignment.instructions,
    requirements: struct(assignment.requirements),
    metadata: struct(assignment.metadata),
    inputs: Object.fromEntries(inputs),
    feedback: assignment.feedback && fromFeedback(assignment.feedback),
    outputSchema: struct(assignment.outputSchema),
    gates: { ...assignment.gates },
    checkpoint: assignment.checkpoint && fromCheckpoint(assignment.checkpoint),
    deadline: timestamp(assignment.deadline),
    answers: assignment.answers.map(fromAnswered),
    allowance: assignment.allowance && fromAllowance(assignment.allowance),
  };
}

export function fromAvailableWork(work: AvailableWork): Wire<wire.AvailableWork> {
  return {
    $typeName: 'baton.v1.AvailableWork',
    workflowId: work.workflowId,
    state: work.state,
    role: work.role,
    kind: work.kind,
    revision: work.revision,
  };
}

/** What everybody may know. Without the token: what is not converted cannot leak. */
export function fromClaim(
  claim: Pick<Claim, 'worker' | 'claimedAt' | 'expiresAt'>,
): Wire<wire.Claim> {
  return {
    $typeName: 'baton.v1.Claim',
    worker: claim.worker,
    claimedAt: timestamp(claim.claimedAt),
    expiresAt: timestamp(claim.expiresAt),
    principal: undefined,
    reserved: undefined,
    endsAt: undefined,
  };
}

/** What its holder has to know beside the token. */
export function fromOwnClaim(claim: Omit<Claim, 'token'>): Wire<wire.Claim> {
  const { models, modelFamilies, kind } = claim.principal;
  return {
    ...fromClaim(claim),
    principal: {
      $typeName: 'baton.v1.Principal',
      models: list(models),
      modelFamilies: list(modelFamilies),
      kind,
    },
    reserved: claim.reserved && fromAllowance(claim.reserved),
    endsAt: claim.endsAt === undefined ? undefined : timestamp(claim.endsAt),
  };
}

export function fromDefinitionReference(reference: {
  readonly name: string;
  readonly version: number;
}): Wire<wire.DefinitionReference> {
  return {
    $typeName: 'baton.v1.DefinitionReference',
    name: reference.name,
    version: reference.version,
  };
}

function fromFeedback(feedback: Feedback): Wire<wire.Feedback> {
  return {
    $typeName: 'baton.v1.Feedback',
    reason: feedback.reason,
    details: feedback.details,
    fromState: feedback.fromState,
    fromRole: feedback.fromRole,
    sentBackAt: timestamp(feedback.at),
  };
}

function fromAnswered(answered: Assignment['answers'][number]): Wire<wire.AnsweredQuestion> {
  return {
    $typeName: 'baton.v1.AnsweredQuestion',
    question: answered.question,
    answer: answered.answer,
    answeredBy: answered.answeredBy,
  };
}

export function fromCheckpoint(checkpoint: Checkpoint): Wire<wire.Checkpoint> {
  return {
    $typeName: 'baton.v1.Checkpoint',
    commit: checkpoint.commit,
    digest: checkpoint.digest,
  };
}
