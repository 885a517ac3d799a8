import type {
  ExpectedNext,
  Failure,
  Handoff,
  Progress,
  ProjectStats,
  WorkflowEvent,
  WorkflowStatus,
} from '@baton/core';
import type * as wire from '@baton/proto';
import { fromCheckpoint, fromClaim, fromDefinitionReference } from './assignment.ts';
import { fromAwaiting, fromQuestion } from './people.ts';
import { duration, timestamp } from './time.ts';
import { fromBudgets, fromPhaseUsage } from './usage.ts';
import { list, struct, type Wire } from './wire.ts';

export function fromStatus(status: WorkflowStatus): Wire<wire.WorkflowStatus> {
  return {
    $typeName: 'baton.v1.WorkflowStatus',
    workflowId: status.workflowId,
    buildId: status.buildId,
    projectId: status.projectId,
    userId: status.userId,
    definition: fromDefinitionReference(status.definition),
    state: status.state,
    role: status.role,
    progressPercent: status.progressPercent,
    completedPhases: list(status.completedPhases),
    handoffs: status.handoffs,
    elapsed: duration(status.elapsedMs),
    expectedNext: fromExpectedNext(status.expectedNext),
    revision: status.revision,
    epoch: status.epoch,
    sequence: status.sequence,
    retries: status.retries,
    maxRetries: status.maxRetries,
    attempt: status.attempt,
    claim: status.claim && fromClaim(status.claim),
    failure: status.failure && fromFailure(status.failure),
    createdAt: timestamp(status.createdAt),
    updatedAt: timestamp(status.updatedAt),
    deadline: timestamp(status.deadline),
    completedAt: status.completedAt === undefined ? undefined : timestamp(status.completedAt),
    awaiting: status.awaiting && fromAwaiting(status.awaiting),
    questions: status.questions.map(fromQuestion),
    usage: Object.fromEntries(
      Object.entries(status.usage).map(([phase, used]) => [phase, fromPhaseUsage(used)]),
    ),
    budgets: status.budgets && fromBudgets(status.budgets),
    checkpoint: status.checkpoint && fromCheckpoint(status.checkpoint),
  };
}

export function fromHandoff(handoff: Handoff): Wire<wire.Handoff> {
  return {
    $typeName: 'baton.v1.Handoff',
    workflowId: handoff.workflowId,
    number: handoff.number,
    fromRole: handoff.fromRole,
    toRole: handoff.toRole,
    fromState: handoff.fromState,
    toState: handoff.toState,
    data: struct(handoff.data),
    timestamp: timestamp(handoff.at),
  };
}

export function fromEvent(event: WorkflowEvent): Wire<wire.WorkflowEvent> {
  return {
    $typeName: 'baton.v1.WorkflowEvent',
    workflowId: event.workflowId,
    sequence: event.sequence,
    type: event.type,
    triggeredBy: event.triggeredBy,
    data: struct(event.data),
    timestamp: timestamp(event.at),
    revision: event.revision,
    epoch: event.epoch,
  };
}

export function fromProgress(progress: Progress): Wire<wire.Progress> {
  return {
    $typeName: 'baton.v1.Progress',
    workflowId: progress.workflowId,
    state: progress.state,
    role: progress.role,
    attempt: progress.attempt,
    message: progress.message,
    reportedAt: timestamp(progress.at),
  };
}

export function fromProjectStats(stats: ProjectStats): Wire<wire.ProjectStats> {
  const { averageDurationMs } = stats;
  return {
    $typeName: 'baton.v1.ProjectStats',
    projectId: stats.projectId,
    total: stats.total,
    completed: stats.completed,
    inProgress: stats.inProgress,
    failed: stats.failed,
    averageDuration: averageDurationMs === undefined ? undefined : duration(averageDurationMs),
    successRate: stats.successRate,
    mostCommonFailurePoint: stats.mostCommonFailurePoint,
    averageHandoffs: stats.averageHandoffs,
  };
}

function fromExpectedNext(next: ExpectedNext): Wire<wire.ExpectedNext> {
  return {
    $typeName: 'baton.v1.ExpectedNext',
    states: list(next.states),
    role: next.role,
    description: next.description,
  };
}

function fromFailure(failure: Failure): Wire<wire.Failure> {
  return {
    $typeName: 'baton.v1.Failure',
    state: failure.state,
    phase: failure.phase,
    code: failure.code,
    message: failure.message,
    failedAt: timestamp(failure.at),
    details: failure.details,
  };
}
