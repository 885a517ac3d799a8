import { expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import type { ConcurrencyLimits } from './concurrency.ts';
import type { Orchestrator } from './operations.ts';
import { createOrchestrator } from './orchestrator.ts';

const ROLES = ['q_assistant', 'code_writer', 'test_auditor'];
const offers = [{ worker: 'w', roles: ROLES, leaseMs: 3_000_000 }];
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A store that counts what it is asked for work and permits. */
async function countingStore() {
  const store = await createMemoryStore();
  let calls = 0;
  const counting =
    <A extends unknown[], R>(ask: (...asked: A) => R) =>
    (...asked: A): R => {
      calls++;
      return ask(...asked);
    };
  const counted: WorkflowStore = {
    ...store,
    listClaimable: counting(store.listClaimable),
    takePermits: counting(store.takePermits),
    load: counting(store.load),
  };
  return { store: counted, calls: () => calls };
}

async function setUp(concurrency: ConcurrencyLimits) {
  const { store, calls } = await countingStore();
  const clock = createFakeClock();
  const create = () => createOrchestrator({ store, clock, concurrency });
  return { store, calls, clock, baton: create(), elsewhere: create() };
}

/** A worker that holds what it gets. */
function takes(baton: Orchestrator, capacity: number): ClaimedAssignment[] {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const held: ClaimedAssignment[] = [];
  void (async () => {
    for await (const work of baton.takeWork({ offers, capacity }, leaving.signal)) {
      if (work.kind === 'assignment') held.push(work);
    }
  })();
  return held;
}

it('is given in its order, whatever was tried before', async () => {
  const { baton, clock } = await setUp({ perProject: 1 });
  const held = takes(baton, 8);
  await turn();
  for (let i = 0; i < 60; i++) {
    clock.advance(1);
    await baton.start(aBuild({ projectId: 'p', buildId: `${i}` }));
  }
  const performed: number[] = [];
  while (performed.length < 30) {
    clock.advance(1000);
    await expect.poll(() => held.length, { interval: 1 }).toBe(1);
    const { claim, assignment } = held.shift() as ClaimedAssignment;
    performed.push(Number(assignment.buildId));
    const { workflowId } = assignment;
    const failure = { code: 'x', message: 'x', retryable: false };
    await baton.failAttempt({ workflowId, claimToken: claim.token, ...failure });
  }
  // One may be tried while another is on its way back.
  for (const [i, build] of performed.entries()) expect(Math.abs(build - i)).toBeLessThan(2);
});

it('costs a few calls of the store a second, however much of it waits', async () => {
  const { baton, calls, clock } = await setUp({ perProject: 1 });
  for (let project = 0; project < 300; project++) {
    for (let i = 0; i < 10; i++) {
      const build = aBuild({ projectId: `p${project}`, buildId: `${i}` });
      await baton.start(i === 0 ? { ...build, takeNext: offers } : build);
    }
  }
  takes(baton, 16);
  await turn();
  // Until all limits are known to be reached.
  for (let second = 0; second < 4; second++) {
    clock.advance(1000);
    await turn();
  }
  for (let second = 0; second < 4; second++) {
    const before = calls();
    clock.advance(1000);
    await turn();
    expect(calls() - before).toBeLessThan(10);
  }
});

it('is not tried again and again when it has become the work of another role elsewhere', async () => {
  const { baton, elsewhere, calls, clock } = await setUp({
    perProject: 2,
    roles: { code_writer: 1 },
  });
  const { workflowId: busy } = await elsewhere.start(aBuild({ projectId: 'other' }));
  await advanceTo(elsewhere, busy, 'implementation');
  await elsewhere.claim({ worker: 'w', roles: ROLES, leaseMs: 3_000_000, workflowId: busy });
  const held = takes(baton, 8);
  await turn();
  for (let i = 0; i < 5; i++) await baton.start(aBuild({ projectId: 'p', buildId: `${i}` }));
  await expect.poll(() => held.length).toBe(2);
  // What waits here as planning is in the code writer's hands by now.
  const waiting = await baton.list({ projectId: 'p' });
  for (const { workflowId, claim } of waiting.workflows) {
    if (claim === undefined) await advanceTo(elsewhere, workflowId, 'handoff_to_coder');
  }
  const before = calls();
  for (const { claim, assignment } of held.splice(0)) {
    const failure = { code: 'x', message: 'x', retryable: false };
    const { workflowId } = assignment;
    await baton.failAttempt({ workflowId, claimToken: claim.token, ...failure });
  }
  await turn();
  clock.advance(1000);
  await turn();
  expect(calls() - before).toBeLessThan(100);
});

it('is found by a look once another process has given a permit back', async () => {
  const { baton, elsewhere, clock } = await setUp({ perProject: 1 });
  const { workflowId, next } = await elsewhere.start(aBuild({ projectId: 'p', takeNext: offers }));
  const held = takes(baton, 8);
  await turn();
  await baton.start(aBuild({ projectId: 'p', buildId: 'waits' }));
  await turn();
  expect(held).toEqual([]);
  const failure = { code: 'x', message: 'x', retryable: false };
  await elsewhere.failAttempt({ workflowId, claimToken: next?.claim.token ?? '', ...failure });
  clock.advance(1000);
  await expect.poll(() => held.map(({ assignment }) => assignment.buildId)).toEqual(['waits']);
});

it('keeps no work of another role waiting', async () => {
  const { baton, elsewhere, clock } = await setUp({ roles: { code_writer: 1 } });
  const busy = await elsewhere.start(aBuild({ projectId: 'p' }));
  for (let i = 0; i < 50; i++) {
    const { workflowId } = await elsewhere.start(aBuild({ projectId: 'p', buildId: `${i}` }));
    await advanceTo(elsewhere, workflowId, 'implementation');
  }
  await advanceTo(elsewhere, busy.workflowId, 'implementation');
  await elsewhere.claim({ ...offers[0], workflowId: busy.workflowId } as never);
  clock.advance(10);
  const { workflowId } = await elsewhere.start(aBuild({ projectId: 'p', buildId: 'other' }));
  await advanceTo(elsewhere, workflowId, 'testing');
  const held = takes(baton, 2);
  await turn();
  clock.advance(1000);
  await expect.poll(() => held.map(({ assignment }) => assignment.buildId)).toEqual(['other']);
});
