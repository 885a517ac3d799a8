import type * as wire from '@baton/proto';
import type { JsonObject } from '../json.ts';
import type * as view from '../views.ts';
import { milliseconds, moment, optionalMoment } from './time.ts';

/** Messages as plain objects, key by key, so that the compiler finds what was forgotten. */

export function toStatus(status: wire.WorkflowStatus): view.WorkflowStatus {
  const { claim, failure, expectedNext } = status;
  return {
    workflowId: status.workflowId,
    buildId: status.buildId,
    projectId: status.projectId,
    userId: status.userId,
    definition: toReference(status.definition),
    state: status.state,
    role: status.role,
    progressPercent: status.progressPercent,
    completedPhases: status.completedPhases,
    handoffs: status.handoffs,
    elapsedMs: milliseconds(status.elapsed),
    expectedNext: {
      states: expectedNext?.states ?? [],
      role: expectedNext?.role,
      description: expectedNext?.description ?? '',
    },
    revision: status.revision,
    epoch: status.epoch,
    sequence: status.sequence,
    retries: status.retries,
    maxRetries: status.maxRetries,
    attempt: status.attempt,
    claim: claim && toClaim(claim),
    failure: failure && {
      state: failure.state,
      phase: failure.phase,
      code: failure.code,
      message: failure.message,
      at: moment(failure.failedAt),
    },
    createdAt: moment(status.createdAt),
    updatedAt: moment(status.updatedAt),
    deadline: moment(status.deadline),
    completedAt: optionalMoment(status.completedAt),
  };
}

export function toHandoff(handoff: wire.Handoff): view.Handoff {
  return {
    workflowId: handoff.workflowId,
    number: handoff.number,
    fromRole: handoff.fromRole,
    toRole: handoff.toRole,
    fromState: handoff.fromState,
    toState: handoff.toState,
    data: json(handoff.data),
    at: moment(handoff.timestamp),
  };
}

export function toEvent(event: wire.WorkflowEvent): view.WorkflowEvent {
  return {
    workflowId: event.workflowId,
    sequence: event.sequence,
    type: event.type as view.WorkflowEvent['type'],
    triggeredBy: event.triggeredBy,
    data: json(event.data),
    at: moment(event.timestamp),
    revision: event.revision,
    epoch: event.epoch,
  };
}

export function toStats(stats: wire.ProjectStats): view.ProjectStats {
  const { averageDuration } = stats;
  return {
    projectId: stats.projectId,
    total: stats.total,
    completed: stats.completed,
    inProgress: stats.inProgress,
    failed: stats.failed,
    averageDurationMs: averageDuration === undefined ? undefined : milliseconds(averageDuration),
    successRate: stats.successRate,
    mostCommonFailurePoint: stats.mostCommonFailurePoint,
    averageHandoffs: stats.averageHandoffs,
  };
}

export function toClaimed(response: wire.ClaimAssignmentResponse): view.ClaimedAssignment {
  const assignment = response.assignment as wire.Assignment;
  const { feedback, checkpoint } = assignment;
  const inputs = Object.entries(assignment.inputs).map(([phase, output]) => [phase, json(output)]);
  return {
    claim: { ...toClaim(response.claim as wire.Claim), token: response.claimToken },
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
      outputSchema: json(assignment.outputSchema),
      gates: assignment.gates,
      checkpoint: checkpoint && { commit: checkpoint.commit, digest: checkpoint.digest },
      deadline: moment(assignment.deadline),
    },
  };
}

export function toDefinition(definition: wire.Definition): view.DefinitionDescription {
  return {
    name: definition.name,
    version: definition.version,
    initial: definition.initialState,
    roles: definition.roles.map(({ name, title, instructions }) => ({ name, title, instructions })),
    states: definition.states.map((state) => ({
      name: state.name,
      kind: state.kind as view.StateDescription['kind'],
      owners: state.owners,
      gates: state.gates.map(({ name, description }) => ({ name, description })),
      outputSchema: state.outputSchema && json(state.outputSchema),
      retryTo: state.retryTo,
    })),
    transitions: definition.transitions.map(({ from, to, kind }) => ({
      from,
      to,
      kind: kind as view.TransitionDescription['kind'],
    })),
  };
}

export function json(struct: object | undefined): JsonObject {
  return (struct ?? {}) as JsonObject;
}

function toClaim(claim: wire.Claim): Omit<view.Claim, 'token'> {
  return {
    worker: claim.worker,
    claimedAt: moment(claim.claimedAt),
    expiresAt: moment(claim.expiresAt),
  };
}

function toReference(reference: wire.DefinitionReference | undefined) {
  return { name: reference?.name ?? '', version: reference?.version ?? 0 };
}
