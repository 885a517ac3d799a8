import { type Commit, createMemoryStore, createOrchestrator } from '@baton/core';
import { startWorkflows } from '../../path.ts';

/** Nothing may time out while it is waited for. */
const TIMEOUT_MS = 86_400_000;

/** What an orchestrator hands to a store when so many builds are started, in portions. */
export async function* newWorkflows(
  count: number,
  portion: number,
): AsyncGenerator<readonly Commit[]> {
  let creates: Commit[] = [];
  const store = await createMemoryStore();
  const baton = createOrchestrator({
    store: {
      ...store,
      async create(commit) {
        creates.push(commit);
        return { kind: 'created' };
      },
    },
    cacheSize: 1,
    timeoutMs: TIMEOUT_MS,
  });
  for (let left = count; left > 0; left -= portion) {
    await startWorkflows(baton, Math.min(left, portion));
    yield creates;
    creates = [];
  }
}
