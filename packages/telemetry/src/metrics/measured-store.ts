import type { CommitResult, WorkflowStore } from '@baton/core';
import type { Metrics } from './metrics.ts';

type Counted = Pick<Metrics, 'count' | 'observe'>;

/** The same store, with its commits counted. What else the store has, it has as well. */
export function measuredStore<S extends WorkflowStore>(store: S, metrics: Counted): S {
  async function timed<T>(commits: number, write: () => Promise<T>): Promise<T> {
    metrics.observe('commitBatch', {}, commits);
    const startedAt = performance.now();
    try {
      return await write();
    } catch (reason) {
      metrics.count('commits', { result: 'unknown' }, commits);
      throw reason;
    } finally {
      metrics.observe('commitSeconds', {}, (performance.now() - startedAt) / 1000);
    }
  }

  const measured: Pick<WorkflowStore, 'create' | 'commit'> = {
    async create(commit) {
      const result = await timed(1, () => store.create(commit));
      metrics.count('commits', { result: result.kind === 'created' ? 'committed' : 'duplicate' });
      return result;
    },
    async commit(batch) {
      const results = await timed(batch.length, () => store.commit(batch));
      for (const [kind, count] of countKinds(results)) {
        metrics.count('commits', { result: kind }, count);
      }
      return results;
    },
  };
  // Not a copy: a store may be an object of a class, with private members.
  return new Proxy(store, {
    get(target, name) {
      if (name === 'create' || name === 'commit') return measured[name];
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

function countKinds(results: readonly CommitResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of results) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
