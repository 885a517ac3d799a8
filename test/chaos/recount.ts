import { isDeepStrictEqual } from 'node:util';
import {
  addStats,
  createOrchestrator,
  NO_STATS,
  type StatsCounters,
  type WorkflowEvent,
  type WorkflowStore,
} from '@baton/core';
import { listAll } from './list-all.ts';
import { cancellerIn, readTrail, unreadable } from './trail.ts';

/** What a project's counters and listings say that its workflows, counted one by one, do not. */
export async function recount(store: WorkflowStore, projectId: string): Promise<readonly string[]> {
  const flaws: string[] = [];
  const listed = await listAll(store, { projectId });
  let counted: StatsCounters = NO_STATS;
  const all: WorkflowEvent[] = [];
  for (const { id } of listed) {
    const trail = await readTrail(store, id).catch(unreadable(flaws));
    if (trail === undefined) continue;
    const { snapshot, events } = trail;
    const completed = snapshot.completedAt === undefined ? 0 : 1;
    const inError = snapshot.state === 'error' ? 1 : 0;
    const cancelled = cancellerIn(events) === undefined ? 0 : 1;
    all.push(...events);
    counted = addStats(counted, {
      total: 1,
      completed,
      failed: inError - cancelled,
      cancelled,
      completedDurationMs: completed * ((snapshot.completedAt ?? 0) - snapshot.createdAt),
      completedHandoffs: completed * snapshot.handoffs,
    });
    for (const { type, data } of events) {
      if (type !== 'workflow_failed') continue;
      const none = { total: 0, completed: 0, failed: 0, cancelled: 0, completedDurationMs: 0 };
      counted = addStats(counted, {
        ...none,
        completedHandoffs: 0,
        failurePoint: String(data['from']),
      });
    }
  }
  const stats = await store.readStats(projectId);
  if (!isDeepStrictEqual({ ...stats }, counted)) {
    flaws.push(`stats: found ${JSON.stringify(stats)}, counted ${JSON.stringify(counted)}`);
  }
  for (const [what, type] of STOPS) {
    const byState = await daysOf(store, projectId, what);
    const expected = statesLeft(all, type);
    if (!isDeepStrictEqual(byState, expected)) {
      const [found, of] = [JSON.stringify([...byState]), JSON.stringify([...expected])];
      flaws.push(`${what} by day: found ${found}, counted ${of}`);
    }
  }
  for (const state of new Set(listed.map((one) => one.state))) {
    const byState = (await listAll(store, { projectId, state })).map(({ id }) => id);
    const expected = listed.filter((one) => one.state === state).map(({ id }) => id);
    if (!isDeepStrictEqual(byState, expected)) {
      flaws.push(`the list of '${state}': found ${byState.length}, counted ${expected.length}`);
    }
  }
  return flaws;
}

const STOPS = [
  ['failures', 'workflow_failed'],
  ['cancellations', 'workflow_cancelled'],
] as const;

/** How often it happened in each state, over the days of the project. */
async function daysOf(
  store: WorkflowStore,
  projectId: string,
  what: (typeof STOPS)[number][0],
): Promise<ReadonlyMap<string, number>> {
  const baton = createOrchestrator({ store });
  const days = await baton.projectHistory({ projectId, from: '2025-12-01', to: '2026-02-01' });
  return sums(days.flatMap((day) => Object.entries(day[what])));
}

function statesLeft(
  events: readonly WorkflowEvent[],
  stop: (typeof STOPS)[number][1],
): ReadonlyMap<string, number> {
  return sums(
    events.filter(({ type }) => type === stop).map(({ data }) => [String(data['from']), 1]),
  );
}

function sums(counts: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, count] of counts) found.set(name, (found.get(name) ?? 0) + count);
  return found;
}
