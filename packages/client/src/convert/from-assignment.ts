import type * as view from '@baton/core/api';
import type * as wire from '@baton/proto';
import { json, toClaim, toReference } from './from-message.ts';
import { moment, optionalMoment } from './time.ts';
import { toAllowance } from './usage.ts';

export function toClaimed(response: wire.ClaimAssignmentResponse): view.ClaimedAssignment {
  const assignment = response.assignment as wire.Assignment;
  const { feedback, checkpoint } = assignment;
  const inputs = Object.entries(assignment.inputs).map(([phase, output]) => [phase, json(output)]);
  return {
    claim: toOwnClaim(response.claim as wire.Claim, response.claimToken),
    assignment: {
      workflowId: assignment.workflowId,
      buildId: assignment.buildId,
      projectId: assignment.projectId,
      userId: assignment.userId,
      definition: toReference(assignment.definition),
      state: assignment.state,
      role: assignment.role,
      epoch: assignment.epoch,
      attempt: assignment.attempt,
      instructions: assignment.instructions,
      requirements: json(assignment.requirements),
      metadata: json(assignment.metadata),
      inputs: Object.fromEntries(inputs),
      feedback: feedback && {
        reason: feedback.reason,
        details: feedback.details,
        fromState: feedback.fromState,
        fromRole: feedback.fromRole,
        at: moment(feedback.sentBackAt),
      },
      answers: assignment.answers.map(({ question, answer, answeredBy }) => ({
        question,
        answer,
        answeredBy,
      })),
      allowance: assignment.allowance && toAllowance(assignment.allowance),
      outputSchema: json(assignment.outputSchema),
      gates: assignment.gates,
      checkpoint: checkpoint && { commit: checkpoint.commit, digest: checkpoint.digest },
      deadline: moment(assignment.deadline),
    },
  };
}

function toOwnClaim(claim: wire.Claim, token: string): view.Claim {
  const { models = [], modelFamilies = [], kind } = claim.principal ?? {};
  return {
    ...toClaim(claim),
    token,
    principal: {
      models,
      modelFamilies,
      ...(kind !== undefined && { kind: kind as view.Claim['principal']['kind'] }),
    },
    reserved: claim.reserved && toAllowance(claim.reserved),
    endsAt: optionalMoment(claim.endsAt),
  };
}

export function toAvailableWork(work: wire.AvailableWork): view.AvailableWork {
  const { workflowId, state, role, revision } = work;
  return { workflowId, state, role, kind: work.kind as view.AvailableWork['kind'], revision };
}
