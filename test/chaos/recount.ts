import { isDeepStrictEqual } from 'node:util';
import { addStats, NO_STATS, type StatsCounters, type WorkflowStore } from '@baton/core';
import { listAll } from './list-all.ts';
import { readTrail, unreadable } from './trail.ts';

/** What a project's counters and listings say that its workflows, counted one by one, do not. */
export async function recount(store: WorkflowStore, projectId: string): Promise<readonly string[]> {
  const flaws: string[] = [];
  const listed = await listAll(store, { projectId });
  let counted: StatsCounters = NO_STATS;
  for (const { id } of listed) {
    const trail = await readTrail(store, id).catch(unreadable(flaws));
    if (trail === undefined) continue;
    const { snapshot, events } = trail;
    const completed = snapshot.completedAt === undefined ? 0 : 1;
    const inError = snapshot.state === 'error' ? 1 : 0;
    const cancelled = snapshot.failure?.code === 'cancelled' ? inError : 0;
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
  for (const state of new Set(listed.map((one) => one.state))) {
    const byState = (await listAll(store, { projectId, state })).map(({ id }) => id);
    const expected = listed.filter((one) => one.state === state).map(({ id }) => id);
    if (!isDeepStrictEqual(byState, expected)) {
      flaws.push(`the list of '${state}': found ${byState.length}, counted ${expected.length}`);
    }
  }
  return flaws;
}
