import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { BuildDefinitionOptions } from '../model/build/define-build.ts';
import type { ClaimOffer } from '../model/requests.ts';
import { NO_USAGE } from '../model/usage.ts';
import type { Commit, WorkflowStore } from '../ports/workflow-store.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import type { Orchestrator } from './operations.ts';
import { createOrchestrator } from './orchestrator.ts';
import { discovery, setUp } from './testing/set-up.ts';

const ROLES = [
  'q_assistant',
  'code_writer',
  'test_auditor',
  'verification_overseer',
  'release_manager',
];
const offer = (roles: readonly string[] = ROLES, more: Partial<ClaimOffer> = {}): ClaimOffer => ({
  worker: 'w',
  roles: [...roles],
  leaseMs: 30_000,
  ...more,
});
const EVERYTHING = [offer()];

/** A memory store that counts its commits. */
async function countingStore(): Promise<WorkflowStore & { readonly commits: Commit[] }> {
  const store = await createMemoryStore();
  const commits: Commit[] = [];
  return {
    ...store,
    commits,
    create(commit) {
      commits.push(commit);
      return store.create(commit);
    },
    commit(batch) {
      commits.push(...batch);
      return store.commit(batch);
    },
  };
}

type Trail = readonly (readonly unknown[])[];

async function trailOf(baton: Orchestrator, workflowId: string): Promise<Trail> {
  const events = [];
  for await (const event of baton.watch({ workflowId, follow: false })) {
    const { at: _, workflowId: __, data, ...rest } = event;
    // Digests are of the ids, too.
    const { previousDigest, ...others } = data;
    events.push([...Object.values(rest), others, typeof previousDigest]);
  }
  const { handoffs } = await baton.history({ workflowId });
  return [
    ...events,
    ...handoffs.map(({ at: _, workflowId: __, ...handoff }) => Object.values(handoff)),
  ];
}

/** Carries a build to its end, with each step in a commit of its own. */
async function stepByStep(baton: Orchestrator): Promise<Trail> {
  const { workflowId } = await baton.start(aBuild({ buildId: 'one' }));
  for (let isOver = false; !isOver; ) {
    const { state, role = '' } = await baton.status({ workflowId });
    const common = { workflowId, role, completedState: state };
    if (state.startsWith('handoff')) {
      await baton.advance(common);
      continue;
    }
    const { claim } = await baton.claim({ ...offer(), workflowId });
    const result = passingOutputs[state as 'discovery'];
    const reply = await baton.advance({ ...common, result, claimToken: claim.token });
    isOver = reply.complete;
  }
  return trailOf(baton, workflowId);
}

/** Carries a build to its end, with everything that one caller can do in one commit. */
async function together(baton: Orchestrator): Promise<Trail> {
  const started = await baton.start({ ...aBuild({ buildId: 'one' }), takeNext: EVERYTHING });
  const { workflowId } = started;
  for (let { next } = started; next !== undefined; ) {
    const { role, state } = next.assignment;
    const reply = await baton.advance({
      ...{ workflowId, role, completedState: state, claimToken: next.claim.token },
      result: passingOutputs[state as 'discovery'],
      takeNext: EVERYTHING,
    });
    next = reply.next;
  }
  return trailOf(baton, workflowId);
}

describe('what comes next, taken in the same commit', () => {
  it('makes a build of seven commits that has the history of one of seventeen', async () => {
    const one = await countingStore();
    const other = await countingStore();
    // What is under a claim takes no time, so that it is the same in both.
    const clock = createFakeClock();
    const apart = await stepByStep(createOrchestrator({ store: one, clock }));
    expect(await together(createOrchestrator({ store: other, clock }))).toEqual(apart);
    expect([one.commits.length, other.commits.length]).toEqual([17, 7]);
  });

  it('is given again to the same request, as long as its claim holds', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const request = { ...discovery, workflowId, requestId: 'r', takeNext: EVERYTHING };
    const { next, ...reply } = await baton.advance(request);
    expect(reply).toMatchObject({ previousState: 'discovery', state: 'planning', revision: 3 });
    expect(next).toMatchObject({ claim: { worker: 'w' }, assignment: { state: 'planning' } });
    expect(await baton.advance(request)).toEqual({ ...reply, next });
    await expect(baton.advance({ ...request, takeNext: [] })).rejects.toMatchObject({
      code: 'request_id_reused',
    });
    await baton.rollback({ workflowId, targetState: 'discovery', reason: 'x' });
    expect(await baton.advance(request)).toEqual(reply);
  });

  it('is taken by the first offer that has its role, by its terms', async () => {
    const { baton } = await setUp();
    const principal = { models: ['acme:large'], modelFamilies: ['acme'] };
    const takeNext = [
      offer(['code_writer'], { worker: 'writer' }),
      offer(['q_assistant'], { worker: 'asker', token: 'mine', principal }),
      offer(['q_assistant'], { worker: 'late' }),
    ];
    const { next } = await baton.start({ ...aBuild(), takeNext });
    expect(next?.claim).toMatchObject({ worker: 'asker', token: 'mine', principal });
  });

  it('comes with a retry request as well', async () => {
    const { baton } = await setUp();
    const { workflowId, next } = await baton.start({ ...aBuild(), takeNext: EVERYTHING });
    await baton.advance({ ...discovery, workflowId, claimToken: next?.claim.token });
    const retried = await baton.requestRetry({ workflowId, reason: 'again', takeNext: EVERYTHING });
    expect(retried).toMatchObject({ state: 'discovery', epoch: 2 });
    expect(retried.next?.assignment).toMatchObject({
      state: 'discovery',
      feedback: { reason: 'again' },
    });
  });

  it.each<[string, BuildDefinitionOptions, readonly ClaimOffer[], string, boolean]>([
    ['no offer has its role', {}, [offer(['q_assistant'])], 'handoff_to_coder', false],
    [
      'it waits for an approval before the phase',
      { approvals: [{ from: 'handoff_to_coder', to: 'implementation', by: [] }] },
      EVERYTHING,
      'handoff_to_coder',
      false,
    ],
    [
      'it waits for an approval of the output',
      { approvals: [{ from: 'planning', to: 'handoff_to_coder', by: [] }] },
      EVERYTHING,
      'planning',
      false,
    ],
    [
      'duties are separated',
      { separations: [{ phase: 'implementation', from: 'planning', by: 'worker' }] },
      EVERYTHING,
      'implementation',
      false,
    ],
    ['nothing stands in the way', {}, EVERYTHING, 'implementation', true],
  ])('ends where it must: %s', async (_, build, takeNext, state, isTaken) => {
    const { baton } = await setUp({ definitions: [buildDefinition(build)] });
    const { workflowId, next } = await baton.start({ ...aBuild(), takeNext: EVERYTHING });
    const { next: planning } = await baton.advance({
      ...{ ...discovery, workflowId, claimToken: next?.claim.token },
      takeNext: EVERYTHING,
    });
    const reply = await baton.advance({
      ...{ workflowId, role: 'q_assistant', completedState: 'planning' },
      ...{ result: passingOutputs.planning, claimToken: planning?.claim.token, takeNext },
    });
    expect(reply.state).toBe(state);
    expect(reply.next !== undefined).toBe(isTaken);
    const status = await baton.status({ workflowId });
    expect([status.state, status.revision]).toEqual([state, reply.revision]);
    expect(status.claim !== undefined).toBe(isTaken);
  });

  it('is not taken where a cap is used up: a claim of its own says so', async () => {
    const { baton } = await setUp();
    const budgets = { tokens: 10 };
    const { workflowId, next } = await baton.start({ ...aBuild(), budgets, takeNext: EVERYTHING });
    const usage = { ...NO_USAGE, requests: 1, inputTokens: 10 };
    const reply = await baton.advance({
      ...{ ...discovery, workflowId, claimToken: next?.claim.token, takeNext: EVERYTHING },
      usage,
    });
    expect([reply.state, reply.next]).toEqual(['planning', undefined]);
    await expect(baton.claim({ ...offer(), workflowId })).rejects.toMatchObject({
      code: 'budget_spent',
    });
  });

  it('says what is wrong with an offer', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    const takeNext = [{ ...offer(), leaseMs: 1 }];
    await expect(baton.advance({ ...discovery, workflowId, takeNext })).rejects.toMatchObject({
      code: 'invalid_input',
      violations: [{ field: 'takeNext.0.leaseMs' }],
    });
  });
});
