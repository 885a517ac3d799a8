import type * as view from '@baton/core/api';
import type { JsonObject } from '@baton/core/api';
import type * as wire from '@baton/proto';
import { toAwaiting, toQuestion } from './people.ts';
import { milliseconds, moment, optionalMoment } from './time.ts';
import { toBudgets, toPhaseUsage } from './usage.ts';

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
      details: failure.details,
      at: moment(failure.failedAt),
    },
    awaiting: status.awaiting && toAwaiting(status.awaiting),
    questions: status.questions.map(toQuestion),
    usage: Object.fromEntries(
      Object.entries(status.usage).map(([phase, used]) => [phase, toPhaseUsage(used)]),
    ),
    budgets: status.budgets && toBudgets(status.budgets),
    checkpoint: status.checkpoint && {
      commit: status.checkpoint.commit,
      digest: status.checkpoint.digest,
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

export function toProgress(progress: wire.Progress): view.Progress {
  return {
    workflowId: progress.workflowId,
    state: progress.state,
    role: progress.role,
    attempt: progress.attempt,
    message: progress.message,
    at: moment(progress.reportedAt),
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

export function json(struct: object | undefined): JsonObject {
  return (struct ?? {}) as JsonObject;
}

export function toClaim(claim: wire.Claim): NonNullable<view.WorkflowStatus['claim']> {
  return {
    worker: claim.worker,
    claimedAt: moment(claim.claimedAt),
    expiresAt: moment(claim.expiresAt),
  };
}

export function toReference(reference: wire.DefinitionReference | undefined) {
  return { name: reference?.name ?? '', version: reference?.version ?? 0 };
}
