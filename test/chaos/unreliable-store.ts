import { BatonError, type WorkflowStore } from '@baton/core';
import type { Random } from './random.ts';

/**
 * A store far away over a bad line: every call takes some turns of the event loop on its way there
 * and back, and now and then a commit or its answer is lost. The same choices, the same order.
 */
export function unreliableStore(store: WorkflowStore, random: Random): WorkflowStore {
  const way = async (): Promise<void> => turns(random.between(0, 4));
  async function travel<T>(call: () => Promise<T>): Promise<T> {
    await way();
    const answer = await call();
    await way();
    return answer;
  }
  return {
    ...store,
    load: (workflowId, requestId) => travel(() => store.load(workflowId, requestId)),
    renewClaim: (renewal) => travel(() => store.renewClaim(renewal)),
    commit: (batch) =>
      travel(async () => {
        if (random.chance(0.03)) throw new BatonError('unavailable', 'lost on its way');
        const results = await store.commit(batch);
        if (random.chance(0.03)) throw new BatonError('unavailable', 'its answer was lost');
        return results;
      }),
  };
}

/** Lets `count` turns of the event loop pass. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}
