import type { Queue, WorkflowStore } from '@baton/core';
import type { Metrics } from './metrics.ts';

/** Workflows of a role that are looked at. */
const LIMIT = 1000;
/** Milliseconds for which what the store told is good: a flood of scrapes costs it no more than a few looks. */
const GOOD_FOR_MS = 5000;

/** Tells how long the queues of some roles are, and how old. A store that is away leaves what was told last. */
export function tellQueues(
  metrics: Pick<Metrics, 'set'>,
  store: Pick<WorkflowStore, 'readQueues' | 'now'>,
  roles: readonly string[],
): () => Promise<void> {
  let toldAt = Number.NEGATIVE_INFINITY;

  function tell(queues: readonly Queue[], now: number): void {
    for (const { role, length, waitingSince = now } of queues) {
      metrics.set('queueLength', { role }, length);
      metrics.set('queueAge', { role }, Math.max(0, now - waitingSince) / 1000);
    }
  }

  return async () => {
    if (store.readQueues === undefined || performance.now() - toldAt < GOOD_FOR_MS) return;
    toldAt = performance.now();
    try {
      const now = (await store.now?.()) ?? Date.now();
      tell(await store.readQueues({ roles: [...new Set(roles)], now, limit: LIMIT }), now);
    } catch {
      // The probe of readiness tells that the store is away; all else can be told.
    }
  };
}
