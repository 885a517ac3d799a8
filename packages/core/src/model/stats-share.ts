import { ERROR_STATE } from './definition.ts';
import type { WorkflowEvent } from './event.ts';
import type { StatsCounters } from './stats.ts';
import type { WorkflowSnapshot } from './workflow.ts';

/**
 * What one workflow has added to its project's counters, over all its commits.
 *
 * @param events all of the workflow's.
 */
export function statsShare(
  { state, createdAt, completedAt, handoffs }: WorkflowSnapshot,
  events: Iterable<WorkflowEvent>,
): StatsCounters {
  const failurePoints: Record<string, number> = {};
  for (const { type, data } of events) {
    if (type !== 'workflow_failed') continue;
    const point = String(data['from']);
    failurePoints[point] = (failurePoints[point] ?? 0) + 1;
  }
  return {
    total: 1,
    completed: completedAt === undefined ? 0 : 1,
    failed: state === ERROR_STATE ? 1 : 0,
    completedDurationMs: completedAt === undefined ? 0 : completedAt - createdAt,
    completedHandoffs: completedAt === undefined ? 0 : handoffs,
    failurePoints,
  };
}

/** Two sets of counters as one. */
export function sumStats(a: StatsCounters, b: StatsCounters): StatsCounters {
  const failurePoints = { ...a.failurePoints };
  for (const [point, failures] of Object.entries(b.failurePoints)) {
    failurePoints[point] = (failurePoints[point] ?? 0) + failures;
  }
  return {
    total: a.total + b.total,
    completed: a.completed + b.completed,
    failed: a.failed + b.failed,
    completedDurationMs: a.completedDurationMs + b.completedDurationMs,
    completedHandoffs: a.completedHandoffs + b.completedHandoffs,
    failurePoints,
  };
}
