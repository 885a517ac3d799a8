import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryDispatcher } from '../memory/memory-dispatcher.ts';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { TakeWorkRequest } from '../model/requests.ts';
import type { TakenWork } from '../model/views.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import type { Orchestrator } from './operations.ts';
import { createOrchestrator } from './orchestrator.ts';
import type { OrchestratorOptions } from './orchestrator-options.ts';
import { discovery } from './testing/set-up.ts';

const LEASE = 30_000;
const asker = { worker: 'asker', roles: ['q_assistant'], leaseMs: LEASE };
const writer = { worker: 'writer', roles: ['code_writer'], leaseMs: LEASE };

type Assigned = Extract<TakenWork, { kind: 'assignment' }>;

/** A worker that takes work, and what it was told. */
function takes(baton: Orchestrator, request: TakeWorkRequest) {
  const leaving = new AbortController();
  const told: TakenWork[] = [];
  const ended = (async () => {
    for await (const work of baton.takeWork(request, leaving.signal)) told.push(work);
  })();
  // It waits from now on: what is asked for later finds it.
  onTestFinished(() => leaving.abort());
  return {
    told,
    ended,
    leave: () => leaving.abort(),
    assignments: () => told.filter((one): one is Assigned => one.kind === 'assignment'),
    first: async (): Promise<Assigned> => {
      await expect.poll(() => told.length).toBeGreaterThan(0);
      return told[0] as Assigned;
    },
  };
}

/** No sweep helps: what is told comes by hints. */
const BY_HINTS = { workPollMs: 1_000_000 };

async function setUp(options: Partial<OrchestratorOptions> = {}) {
  const store = options.store ?? (await createMemoryStore());
  return { store, baton: createOrchestrator({ ...BY_HINTS, ...options, store }) };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('work for a worker that waits', () => {
  it('comes as soon as there is some, claimed for it', async () => {
    const { baton } = await setUp();
    const worker = takes(baton, { offers: [asker] });
    await turn();
    const { workflowId } = await baton.start(aBuild());
    const { claim, assignment } = await worker.first();
    expect(assignment).toMatchObject({ workflowId, state: 'discovery' });
    expect((await baton.status({ workflowId })).claim).toMatchObject({ worker: 'asker' });
    expect(claim.worker).toBe('asker');
  });

  it('is there already when it asks', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const worker = takes(baton, { offers: [asker] });
    expect((await worker.first()).assignment.workflowId).toBe(workflowId);
  });

  it('is accepted over a border and claimed in one commit', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    await baton.advance({ ...discovery, workflowId });
    const before = await baton.advance({
      ...{ workflowId, role: 'q_assistant', completedState: 'planning' },
      result: passingOutputs.planning,
    });
    expect(before.state).toBe('handoff_to_coder');
    const worker = takes(baton, { offers: [writer] });
    expect((await worker.first()).assignment.state).toBe('implementation');
    expect((await baton.status({ workflowId })).revision).toBe(before.revision + 2);
  });

  it('goes to no more than it has room for, and on when there is room again', async () => {
    const { baton } = await setUp();
    const worker = takes(baton, { offers: [asker], capacity: 2 });
    await turn();
    for (let i = 0; i < 5; i++) await baton.start(aBuild());
    await expect.poll(() => worker.told.length).toBe(2);
    await turn();
    expect(worker.told).toHaveLength(2);
    const [one] = worker.assignments();
    if (one === undefined) throw new Error('no work');
    const { workflowId } = one.assignment;
    // It goes on with the same build: no room.
    const { next } = await baton.advance({
      ...{ ...discovery, workflowId, claimToken: one.claim.token },
      takeNext: [asker],
    });
    await turn();
    expect(worker.told).toHaveLength(2);
    await baton.advance({
      ...{ workflowId, role: 'q_assistant', completedState: 'planning' },
      ...{ result: passingOutputs.planning, claimToken: next?.claim.token },
    });
    await expect.poll(() => worker.told.length).toBe(3);
  });

  it('is shared out: no two get the same, and each its turn', async () => {
    const { baton } = await setUp();
    const workers = [1, 2, 3].map(() => takes(baton, { offers: [asker], capacity: 4 }));
    await turn();
    const ids = [];
    for (let i = 0; i < 12; i++) ids.push((await baton.start(aBuild())).workflowId);
    const given = () =>
      workers.flatMap((one) => one.assignments().map(({ assignment }) => assignment.workflowId));
    await expect.poll(() => given().sort()).toEqual(ids.sort());
    expect(workers.map(({ told }) => told.length)).toEqual([4, 4, 4]);
  });

  it('of one workflow goes to no other', async () => {
    const { baton } = await setUp();
    const [mine, other] = [await baton.start(aBuild()), await baton.start(aBuild())];
    const worker = takes(baton, {
      ...{ offers: [asker], capacity: 5, workflowId: mine.workflowId },
    });
    await worker.first();
    await turn();
    expect(worker.assignments().map(({ assignment }) => assignment.workflowId)).toEqual([
      mine.workflowId,
    ]);
    expect((await baton.status({ workflowId: other.workflowId })).claim).toBeUndefined();
  });

  it('comes again after a pause, to the millisecond that it ends', async () => {
    const clock = createFakeClock();
    const { baton } = await setUp({ clock });
    const worker = takes(baton, { offers: [asker] });
    await baton.start(aBuild());
    const { claim, assignment } = await worker.first();
    await baton.failAttempt({
      ...{ workflowId: assignment.workflowId, claimToken: claim.token, retryAfterMs: 5000 },
      ...{ code: 'x', message: 'busy', retryable: true },
    });
    clock.advance(4999);
    await turn();
    expect(worker.told).toHaveLength(1);
    clock.advance(1);
    await expect.poll(() => worker.told.length).toBe(2);
    expect(worker.assignments()[1]?.assignment.attempt).toBe(2);
  });

  it('of a worker that died comes to another once its lease is over', async () => {
    const clock = createFakeClock();
    const { baton, store } = await setUp({ clock, workPollMs: 1000 });
    const { workflowId } = await baton.start(aBuild());
    const elsewhere = createOrchestrator({ store, clock });
    await elsewhere.claim({ ...asker, worker: 'dead', workflowId });
    const worker = takes(baton, { offers: [asker] });
    clock.advance(LEASE + 1000);
    const { claim } = await worker.first();
    expect(claim.worker).toBe('asker');
  });

  it('goes to no worker that has let a claim run out, and its work to another', async () => {
    const clock = createFakeClock();
    const { baton } = await setUp({ clock, workPollMs: 1000 });
    await baton.start(aBuild());
    const silent = takes(baton, { offers: [{ ...asker, worker: 'silent' }] });
    silent.ended.catch(() => undefined);
    await silent.first();
    const other = takes(baton, { offers: [{ ...asker, worker: 'other' }] });
    await turn();
    clock.advance(LEASE + 1);
    await expect(silent.ended).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ran out without a renewal'),
    });
    clock.advance(1000);
    expect((await other.first()).claim.worker).toBe('other');
    expect(silent.told).toHaveLength(1);
  });

  it('goes on to a worker that renews its claims in another process', async () => {
    const clock = createFakeClock();
    const { baton, store } = await setUp({ clock, workPollMs: 1000 });
    const elsewhere = createOrchestrator({ store, clock });
    const { workflowId } = await baton.start(aBuild());
    const worker = takes(baton, { offers: [asker] });
    const { claim } = await worker.first();
    for (let third = 0; third < 6; third++) {
      clock.advance(LEASE / 3);
      await elsewhere.renewClaims({ claims: [{ workflowId, token: claim.token }], leaseMs: LEASE });
      await turn();
    }
    await elsewhere.advance({ ...discovery, workflowId, claimToken: claim.token });
    // That it has room again is known here once its claim would have run out.
    for (let second = 0; second < 32; second++) {
      clock.advance(1000);
      await turn();
    }
    await expect.poll(() => worker.assignments()).toHaveLength(2);
  });

  it('that was not read goes back at once when the worker leaves', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const leaving = new AbortController();
    const work = baton.takeWork({ offers: [asker], capacity: 2 }, leaving.signal);
    const items = work[Symbol.asyncIterator]();
    expect((await items.next()).value).toMatchObject({ assignment: { workflowId } });
    const other = { workflowId: (await baton.start(aBuild())).workflowId };
    await expect.poll(async () => (await baton.status(other)).claim).toBeDefined();
    leaving.abort();
    await expect.poll(async () => (await baton.status(other)).claim).toBeUndefined();
    expect((await baton.status(other)).attempt).toBe(0);
    // What was read is the worker's.
    expect((await baton.status({ workflowId })).claim).toBeDefined();
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  it('that is being claimed when its worker leaves goes back', async () => {
    const memory = await createMemoryStore();
    const held = Promise.withResolvers<void>();
    let isHeld = false;
    const store: WorkflowStore = {
      ...memory,
      async commit(batch) {
        if (isHeld) await held.promise;
        return memory.commit(batch);
      },
    };
    const { baton } = await setUp({ store });
    const stays = takes(baton, { offers: [asker] });
    await baton.start(aBuild());
    await stays.first();
    isHeld = true;
    const leaves = takes(baton, { offers: [asker], capacity: 2 });
    await turn();
    const [first, second, third] = [
      await baton.start(aBuild()),
      await baton.start(aBuild()),
      await baton.start(aBuild()),
    ].map(({ workflowId }) => ({ workflowId }));
    await turn();
    leaves.leave();
    isHeld = false;
    held.resolve();
    await turn();
    for (const build of [first, second, third]) {
      const { claim, attempt } = await baton.status(build ?? { workflowId: '' });
      expect([claim, attempt]).toEqual([undefined, 0]);
    }

    expect((await baton.status(third ?? { workflowId: '' })).sequence).toBe(1);
  });

  it('that is taken from it is told: by a person, here and in another process', async () => {
    const dispatcher = createMemoryDispatcher();
    const { baton, store } = await setUp({ dispatcher });
    const elsewhere = createOrchestrator({ store, dispatcher });
    for (const by of [baton, elsewhere]) {
      const { workflowId } = await baton.start(aBuild());
      const worker = takes(baton, { offers: [{ ...asker, worker: 'w' }], workflowId });
      const { claim } = await worker.first();
      await by.rollback({ workflowId, targetState: 'discovery', reason: 'stop' });
      await expect
        .poll(() => worker.told[1])
        .toEqual({ kind: 'withdrawn', workflowId, claimToken: claim.token });
      // It has room again, and the work has come anew.
      await expect.poll(() => worker.assignments()).toHaveLength(2);
      worker.leave();
    }
  });

  it('by a definition that this process does not have is left to others, in silence', async () => {
    const dispatcher = createMemoryDispatcher();
    const { baton, store } = await setUp({ dispatcher });
    const definitions = [{ ...buildDefinition(), name: 'newer' }];
    const elsewhere = createOrchestrator({ store, dispatcher, definitions });
    const worker = takes(baton, { offers: [asker] });
    await turn();
    await elsewhere.start(aBuild());
    await turn();
    expect(worker.told).toEqual([]);
  });

  it('comes by a hint of another process, without a look', async () => {
    const dispatcher = createMemoryDispatcher();
    const { baton, store } = await setUp({ dispatcher });
    const elsewhere = createOrchestrator({ store, dispatcher });
    const worker = takes(baton, { offers: [asker] });
    await turn();
    const { workflowId } = await elsewhere.start(aBuild());
    expect((await worker.first()).assignment.workflowId).toBe(workflowId);
  });

  it('with a token of its own is for one claim, and ends with it', async () => {
    const { baton } = await setUp();
    await baton.start(aBuild());
    await baton.start(aBuild());
    const worker = takes(baton, { offers: [{ ...asker, token: 'mine' }] });
    const { claim, assignment } = await worker.first();
    expect(claim.token).toBe('mine');
    await baton.advance({
      ...discovery,
      workflowId: assignment.workflowId,
      claimToken: 'mine',
    });
    await worker.ended;
    expect(worker.assignments()).toHaveLength(1);
  });

  it('counts what it holds from before, and tells of it', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const { claim } = await baton.claim({ ...asker, workflowId });
    const worker = takes(baton, { offers: [asker], holding: [{ workflowId, token: claim.token }] });
    await turn();
    await baton.start(aBuild());
    await turn();
    expect(worker.told).toEqual([]);
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'stop' });
    await expect
      .poll(() => worker.told[0])
      .toEqual({ kind: 'withdrawn', workflowId, claimToken: claim.token });
  });

  it('is not told of to one who says that it holds what another does', async () => {
    const { baton } = await setUp();
    const holder = takes(baton, { offers: [asker] });
    await turn();
    const { workflowId } = await baton.start(aBuild());
    const { claim } = await holder.first();
    const holding = [
      { workflowId, token: 'made up' },
      { workflowId: 'wf_none', token: 'made up as well' },
    ];
    const stranger = takes(baton, { offers: [writer], holding });
    const lost = [
      { kind: 'withdrawn', workflowId, claimToken: 'made up' },
      { kind: 'withdrawn', workflowId: 'wf_none', claimToken: 'made up as well' },
    ];
    await expect.poll(() => stranger.told).toEqual(lost);
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'stop' });
    await expect
      .poll(() => holder.told[1])
      .toEqual({ kind: 'withdrawn', workflowId, claimToken: claim.token });
    expect(stranger.told).toEqual(lost);
  });

  it('that it may not do goes to one who may', async () => {
    const separations = [{ phase: 'planning', from: 'discovery', by: 'worker' } as const];
    const { baton } = await setUp({ definitions: [buildDefinition({ separations })] });
    const one = takes(baton, { offers: [{ ...asker, worker: 'one' }] });
    await turn();
    const { workflowId } = await baton.start(aBuild());
    const { claim } = await one.first();
    const two = takes(baton, { offers: [{ ...asker, worker: 'two' }] });
    await turn();
    await baton.advance({ ...discovery, workflowId, claimToken: claim.token });
    expect((await two.first()).claim.worker).toBe('two');
  });

  it('is waited for although the store is away meanwhile', async () => {
    const memory = await createMemoryStore();
    let isAway = true;
    const store: WorkflowStore = {
      ...memory,
      listClaimable: (query) => {
        if (isAway) throw new Error('no connection');
        return memory.listClaimable(query);
      },
    };
    await createOrchestrator({ store: memory }).start(aBuild());
    const { baton } = await setUp({ store, workPollMs: 5 });
    const worker = takes(baton, { offers: [asker] });
    await expect.poll(() => worker.told[0]).toMatchObject({ kind: 'trouble' });
    isAway = false;
    await expect.poll(() => worker.assignments()).toHaveLength(1);
  });

  it('costs no query for each of a thousand that wait', async () => {
    const memory = await createMemoryStore();
    let queries = 0;
    const store: WorkflowStore = {
      ...memory,
      listClaimable(query) {
        queries++;
        return memory.listClaimable(query);
      },
    };
    const clock = createFakeClock();
    const { baton } = await setUp({ store, clock, workPollMs: 1000 });
    for (let i = 0; i < 1000; i++) takes(baton, { offers: [asker] });
    await turn();
    queries = 0;
    for (let second = 0; second < 5; second++) {
      clock.advance(1000);
      await turn();
    }
    expect(queries).toBe(5);
  });

  it.each<[string, TakeWorkRequest]>([
    ['offers', { offers: [] }],
    ['capacity', { offers: [asker], capacity: 0 }],
    ['offers.0.leaseMs', { offers: [{ ...asker, leaseMs: 5 }] }],
  ])('is refused for a request whose %s is wrong', async (field, request) => {
    const { baton } = await setUp();
    await expect(takes(baton, request).ended).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field }],
    });
  });
});

describe('a worker that polls', () => {
  it('gets one after another', async () => {
    const { baton } = await setUp();
    for (let i = 0; i < 2; i++) await baton.start(aBuild());
    for (const found of [1, 1, 0]) {
      expect(await baton.pollWork({ offers: [asker], waitMs: 200 })).toHaveLength(found);
    }
  });

  it('waits for what comes, and no longer than it says', async () => {
    const { baton } = await setUp();
    const waiting = baton.pollWork({ offers: [asker], waitMs: 60_000 });
    await turn();
    const { workflowId } = await baton.start(aBuild());
    expect(await waiting).toMatchObject([{ assignment: { workflowId } }]);
    expect(await baton.pollWork({ offers: [asker], waitMs: 10 })).toEqual([]);
    const leaving = new AbortController();
    const left = baton.pollWork({ offers: [asker], waitMs: 60_000 }, leaving.signal);
    leaving.abort();
    expect(await left).toEqual([]);
  });
});
