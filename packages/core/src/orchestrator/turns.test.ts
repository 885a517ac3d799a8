import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import type { WorkHint } from '../ports/runtime.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import type { Orchestrator } from './operations.ts';
import { createOrchestrator } from './orchestrator.ts';

const ROLES = ['q_assistant', 'code_writer', 'test_auditor', 'verification_overseer'];

/**
 * Workers of one assignment each, which perform only when they are told to. What a worker gets is what it goes on
 * with, or what the stream brings.
 */
function team(baton: Orchestrator, size: number) {
  const offers = [{ worker: 'worker', roles: [...ROLES, 'release_manager'], leaseMs: 1_000_000 }];
  const held = new Map<number, ClaimedAssignment>();
  const performed: string[] = [];
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  for (let worker = 0; worker < size; worker++) {
    void (async () => {
      for await (const work of baton.takeWork({ offers }, leaving.signal)) {
        if (work.kind === 'assignment') held.set(worker, work);
      }
    })();
  }

  async function perform(worker: number): Promise<void> {
    const { claim, assignment } = held.get(worker) as ClaimedAssignment;
    const { workflowId, role, state } = assignment;
    performed.push(assignment.buildId);
    held.delete(worker);
    const { next } = await baton.advance({
      ...{ workflowId, role, completedState: state, claimToken: claim.token, takeNext: offers },
      result: passingOutputs[state as keyof typeof passingOutputs],
    });
    if (next !== undefined) held.set(worker, next);
  }

  /** Each worker performs what it has and gets something else. */
  async function round(): Promise<void> {
    await expect.poll(() => held.size, { interval: 1, timeout: 5000 }).toBe(size);
    await Promise.all([...held.keys()].map(perform));
  }
  return { performed, round };
}

async function setUp(builds: readonly (readonly [project: string, count: number])[]) {
  const store = await createMemoryStore();
  const clock = createFakeClock();
  const baton = createOrchestrator({ store, clock });
  for (const [projectId, count] of builds) {
    for (let i = 0; i < count; i++) await baton.start(aBuild({ projectId, buildId: `${i}` }));
  }
  return { store, clock, baton };
}

describe('a single build beside the backlog of another project', () => {
  it('waits for one assignment of each worker at most, at each of its phases', async () => {
    const { baton } = await setUp([['large', 10_000]]);
    const { performed, round } = team(baton, 3);
    for (let i = 0; i < 20; i++) await round();
    await baton.start(aBuild({ projectId: 'small', buildId: 'single' }));
    const from = performed.length;
    // What each worker has in hand, and then at most one assignment each before each phase.
    for (let i = 0; i < 14; i++) await round();
    const phases = performed.slice(from).flatMap((build, at) => (build === 'single' ? [at] : []));
    expect(phases).toHaveLength(6);
    expect(phases[0]).toBeLessThan(6);
    for (const [i, at] of phases.entries()) expect(at - (phases[i - 1] ?? at)).toBeLessThan(6);
  });

  it('waits for one assignment of the only worker, whatever roles it is for', async () => {
    const { baton } = await setUp([]);
    const { performed, round } = team(baton, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let i = 0; i < 60; i++) {
      await baton.start(aBuild({ projectId: 'large', buildId: `${i}` }));
    }
    await baton.start(aBuild({ projectId: 'small', buildId: 'single' }));
    for (let i = 0; i < 12; i++) await round();
    expect(performed.filter((build) => build === 'single')).toHaveLength(6);
  });

  it('is found though no hint told of it', async () => {
    const { baton, store, clock } = await setUp([['large', 3000]]);
    const { performed, round } = team(baton, 3);
    for (let i = 0; i < 5; i++) await round();
    const elsewhere = createOrchestrator({ store, clock });
    await elsewhere.start(aBuild({ projectId: 'small', buildId: 'single' }));
    clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const from = performed.length;
    for (let i = 0; i < 3; i++) await round();
    expect(performed.slice(from)).toContain('single');
  });
});

it('lets a worker go on with its build where no other project waits', async () => {
  const { baton } = await setUp([['one', 20]]);
  const { performed, round } = team(baton, 2);
  for (let i = 0; i < 6; i++) await round();
  expect(new Set(performed).size).toBe(2);
});

it('gives two projects the same share, whatever their priorities', async () => {
  const { baton } = await setUp([['one', 50]]);
  for (let i = 0; i < 50; i++) {
    await baton.start(aBuild({ projectId: 'two', buildId: `two-${i}`, priority: 100 }));
  }
  const { performed, round } = team(baton, 4);
  for (let i = 0; i < 25; i++) await round();
  const ofTwo = performed.filter((build) => build.startsWith('two')).length;
  expect(ofTwo).toBeGreaterThanOrEqual(40);
  expect(ofTwo).toBeLessThanOrEqual(60);
});

it('takes an urgent build though more is known to wait than is kept', async () => {
  const { baton, clock } = await setUp([]);
  const { performed, round } = team(baton, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (let i = 0; i < 1100; i++) {
    await baton.start(aBuild({ projectId: 'one', buildId: `${i}`, priority: -1 }));
  }
  clock.advance(1);
  await baton.start(aBuild({ projectId: 'one', buildId: 'urgent', priority: 5 }));
  for (let i = 0; i < 7; i++) await round();
  expect(performed.at(-1)).toBe('urgent');
});

it('takes the most urgent build of a project first, and equal ones in their order', async () => {
  const { baton, clock } = await setUp([['one', 0]]);
  const started = async (buildId: string, priority: number) => {
    clock.advance(1);
    await baton.start(aBuild({ projectId: 'one', buildId, priority }));
  };
  for (let i = 0; i < 20; i++) await started(`${i}`, 0);
  const { performed, round } = team(baton, 1);
  await round();
  await started('slow', -1);
  await started('urgent', 1);
  await started('last', 0);
  for (let i = 0; i < 23 * 6 - 1; i++) await round();
  const usual = Array.from({ length: 19 }, (_, i) => `${i + 1}`);
  expect([...new Set(performed)]).toEqual(['0', 'urgent', ...usual, 'last', 'slow']);
});

it('tells other processes only of what no worker of its own is about to take', async () => {
  const announced: (string | undefined)[] = [];
  const dispatcher = {
    announce: ({ role }: WorkHint) => void announced.push(role),
    subscribe: () => () => undefined,
  };
  const baton = createOrchestrator({ store: await createMemoryStore(), dispatcher });
  const { round } = team(baton, 1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  await baton.start(aBuild());
  await round();
  expect(announced).toEqual([]);
  await baton.start(aBuild());
  expect(announced).toEqual(['q_assistant']);
});
