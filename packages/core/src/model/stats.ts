import { isCancelled } from './cancelled.ts';
import { ERROR_STATE } from './definition.ts';
import type { WorkflowEvent } from './trail.ts';
import type { WorkflowSnapshot } from './workflow.ts';

/** What one commit changes in its project's counters. Stores add these up; they never recount. */
export interface StatsDelta {
  readonly total: number;
  readonly completed: number;
  /** Workflows that have failed and wait in `error`; leaving it subtracts. */
  readonly failed: number;
  /** Workflows that were cancelled and wait in `error`; leaving it subtracts. */
  readonly cancelled: number;
  /** Milliseconds from start to complete, of workflows that completed. */
  readonly completedDurationMs: number;
  readonly completedHandoffs: number;
  /** The state in which a workflow failed with this commit. */
  readonly failurePoint?: string;
}

/** A project's counters, as a store keeps them. */
export interface StatsCounters {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly completedDurationMs: number;
  readonly completedHandoffs: number;
  /** Failures by the state in which they happened, recovered ones included. */
  readonly failurePoints: Readonly<Record<string, number>>;
}

export const NO_STATS: StatsCounters = {
  total: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  completedDurationMs: 0,
  completedHandoffs: 0,
  failurePoints: {},
};

/** The counters' change from `before` to `after`; undefined when nothing counts. */
export function statsDelta(
  before: WorkflowSnapshot | undefined,
  after: WorkflowSnapshot,
): StatsDelta | undefined {
  const completed = after.completedAt !== undefined && before?.completedAt === undefined ? 1 : 0;
  const failedNow = hasFailed(after) && after.failure !== before?.failure;
  const failed = difference(before, after, hasFailed);
  const cancelled = difference(before, after, isCancelled);
  const total = before === undefined ? 1 : 0;
  if (total === 0 && completed === 0 && failed === 0 && cancelled === 0 && !failedNow)
    return undefined;
  return {
    total,
    completed,
    failed,
    cancelled,
    completedDurationMs: completed === 0 ? 0 : (after.completedAt ?? 0) - after.createdAt,
    completedHandoffs: completed === 0 ? 0 : after.handoffs,
    ...(failedNow && after.failure !== undefined && { failurePoint: after.failure.state }),
  };
}

/** `counters` with `delta` added. */
export function addStats(counters: StatsCounters, delta: StatsDelta): StatsCounters {
  const point = delta.failurePoint;
  return {
    total: counters.total + delta.total,
    completed: counters.completed + delta.completed,
    failed: counters.failed + delta.failed,
    cancelled: counters.cancelled + delta.cancelled,
    completedDurationMs: counters.completedDurationMs + delta.completedDurationMs,
    completedHandoffs: counters.completedHandoffs + delta.completedHandoffs,
    failurePoints:
      point === undefined
        ? counters.failurePoints
        : { ...counters.failurePoints, [point]: countOf(counters.failurePoints, point) + 1 },
  };
}

/** Own counts only: a state may be called `constructor`. */
function countOf(counts: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(counts, name) ? (counts[name] as number) : 0;
}

function hasFailed(snapshot: WorkflowSnapshot): boolean {
  return snapshot.state === ERROR_STATE && !isCancelled(snapshot);
}

function difference(
  before: WorkflowSnapshot | undefined,
  after: WorkflowSnapshot,
  holds: (snapshot: WorkflowSnapshot) => boolean,
): number {
  return Number(holds(after)) - Number(before !== undefined && holds(before));
}

/**
 * What one workflow has added to its project's counters, over all its commits.
 *
 * @param events all of the workflow's.
 */
export function statsShare(
  snapshot: WorkflowSnapshot,
  events: Iterable<WorkflowEvent>,
): StatsCounters {
  const { createdAt, completedAt, handoffs } = snapshot;
  const failurePoints: Record<string, number> = {};
  for (const { type, data } of events) {
    if (type !== 'workflow_failed') continue;
    const point = String(data['from']);
    failurePoints[point] = (failurePoints[point] ?? 0) + 1;
  }
  return {
    total: 1,
    completed: completedAt === undefined ? 0 : 1,
    failed: hasFailed(snapshot) ? 1 : 0,
    cancelled: isCancelled(snapshot) ? 1 : 0,
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
    cancelled: a.cancelled + b.cancelled,
    completedDurationMs: a.completedDurationMs + b.completedDurationMs,
    completedHandoffs: a.completedHandoffs + b.completedHandoffs,
    failurePoints,
  };
}
