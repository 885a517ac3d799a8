import { expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import { createOrchestrator } from './orchestrator.ts';

const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: 10_000 };
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

it('looks once for all workers that wait for a workflow each, and finds what no hint told of', async () => {
  const store = await createMemoryStore();
  const clock = createFakeClock();
  const loaded: string[] = [];
  const counting = {
    ...store,
    async load(id: string, requestId?: string) {
      loaded.push(id);
      return store.load(id, requestId);
    },
  };
  const baton = createOrchestrator({ store: counting, clock });
  const elsewhere = createOrchestrator({ store, clock });
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const given: string[] = [];
  const claims: { readonly workflowId: string; readonly token: string }[] = [];
  for (let i = 0; i < 50; i++) {
    const { workflowId, next } = await elsewhere.start({ ...aBuild(), takeNext: [offer] });
    claims.push({ workflowId, token: next?.claim.token ?? '' });
    void (async () => {
      for await (const work of baton.takeWork({ offers: [offer], workflowId }, leaving.signal)) {
        if (work.kind === 'assignment') given.push(work.assignment.workflowId);
      }
    })();
  }
  await turn();
  loaded.length = 0;
  for (let second = 0; second < 5; second++) {
    clock.advance(1000);
    await turn();
  }
  expect(loaded).toEqual([]);
  // A claim that is renewed elsewhere is asked about once, when it would have run out.
  await elsewhere.renewClaims({ claims: claims.slice(1), leaseMs: 100_000 });
  clock.advance(5000);
  await expect.poll(() => given).toEqual([claims[0]?.workflowId]);
});
