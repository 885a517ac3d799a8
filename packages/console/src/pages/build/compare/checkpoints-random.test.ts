import {
  createMemoryStore,
  createOrchestrator,
  defineWorkflow,
  type Orchestrator,
} from '@baton/core';
import type { Artifact } from '@baton/core/api';
import { createFakeClock } from '@baton/core/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkpointsOf } from './checkpoints.ts';
import { wayBetween } from './way-between.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const BUILDS = 150;

const output = z.looseObject({});
const definition = defineWorkflow({
  name: 'song',
  version: 1,
  roles: {
    writer: { title: 'Writer', instructions: 'Write.' },
    editor: { title: 'Editor', instructions: 'Edit.' },
  },
  states: {
    plan: { phase: 'writer', output, to: 'draft' },
    draft: { phase: 'writer', output, to: 'desk', retryTo: 'plan' },
    desk: { handoff: ['writer', 'editor'], to: 'edit', retryTo: 'draft' },
    edit: { phase: 'editor', output, to: 'press', retryTo: 'draft' },
    press: { phase: 'editor', output, to: 'published', retryTo: 'edit' },
    published: { final: true },
  },
  retries: [['edit', 'draft']],
  approvals: [
    { from: 'draft', to: 'desk', by: [] },
    { from: 'desk', to: 'edit', by: [] },
  ],
});
const PHASES = ['plan', 'draft', 'edit', 'press'];

/** What happens next, with random numbers to choose by. */
const happening = fc.record({
  what: fc.constantFrom(
    ...Array.from({ length: 10 }, () => 'advance' as const),
    ...(['retry', 'retry', 'ask', 'fail', 'lose', 'stop'] as const),
    ...(['person retries', 'rollback', 'cancel'] as const),
  ),
  choice: fc.nat(),
  /** Few trees, so that some come again. */
  tree: fc.nat(5),
  isKept: fc.nat(19).map((at) => at > 0),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

const builds = fc.sample(fc.array(happening, { minLength: 4, maxLength: 25, size: 'max' }), {
  ...{ numRuns: BUILDS, seed },
});

it(`are those of the engine: each way leads from one tree to the other (seed ${seed})`, async () => {
  let ways = 0;
  let longest = 0;
  for (const [at, steps] of builds.entries()) {
    const { events, artifacts, before, current: tree, trees, hasEnded } = await built(steps);
    const checkpoints = checkpointsOf(events, artifacts);
    const { all, current } = checkpoints;
    const start = { ...all[0], digest: all[0]?.digest ?? 'start' };
    expect(start.digest).toBe('start');
    expect([at, current.digest ?? 'start']).toEqual([at, tree]);
    const recorded = new Set(all.map(({ digest }) => digest));
    for (const one of trees) expect([at, recorded.has(one)]).toEqual([at, true]);
    // Each diff leads to a checkpoint, once its attempt has ended.
    const kept = hasEnded ? artifacts.map(({ treeDigest }) => treeDigest) : [];
    for (const one of kept) expect([at, one, recorded.has(one)]).toEqual([at, one, true]);
    for (const from of all) {
      for (const to of all) {
        const way = wayBetween(checkpoints, from, to);
        if (way.kind === 'gap') continue;
        ways++;
        longest = Math.max(longest, way.steps.length);
        let place = from.digest ?? 'start';
        for (const { artifact, isBack } of way.steps) {
          const ends = [before.get(artifact.number), artifact.treeDigest];
          const [begin, end] = isBack ? ends.toReversed() : ends;
          expect([at, from.key, to.key, place]).toEqual([at, from.key, to.key, begin]);
          place = end ?? '';
        }
        expect([at, from.key, to.key, place]).toEqual([at, from.key, to.key, to.digest ?? 'start']);
      }
    }
  }
  expect(ways).toBeGreaterThan(BUILDS * 6);
  expect(longest).toBeGreaterThan(3);
}, 120_000);

/** A build to which all that happened, with what its workers kept. */
async function built(steps: readonly Happening[]) {
  const clock = createFakeClock();
  const store = await createMemoryStore();
  const baton = createOrchestrator({ store, clock, definitions: [definition] });
  const asked = { projectId: 'p', buildId: 'b', userId: 'ada', requirements: {} };
  const { workflowId } = await baton.start({ ...asked, maxRetries: 1000 });
  const artifacts: Artifact[] = [];
  /** The tree that each diff begins with. */
  const before = new Map<number, string>();
  /** All that was handed over. */
  const trees = new Set<string>();
  for (const step of steps) {
    clock.advance(1000);
    await happen(baton, clock, workflowId, step, artifacts, before, trees);
  }
  const { events = [] } = await eventsOf(baton, workflowId);
  const { checkpoint, state } = await baton.status({ workflowId });
  const current = checkpoint?.digest ?? 'start';
  return { events, artifacts, before, trees, current, hasEnded: state === 'error' };
}

async function eventsOf(baton: Orchestrator, workflowId: string) {
  const { sequence } = await baton.status({ workflowId });
  const events = [];
  const signal = new AbortController().signal;
  for await (const event of baton.watch({ workflowId }, signal)) {
    events.push(event);
    if (event.sequence >= sequence) break;
  }
  return { events };
}

async function happen(
  baton: Orchestrator,
  clock: ReturnType<typeof createFakeClock>,
  workflowId: string,
  { what, choice, tree, isKept }: Happening,
  artifacts: Artifact[],
  before: Map<number, string>,
  trees: Set<string>,
): Promise<void> {
  const status = await baton.status({ workflowId });
  const { state, awaiting, questions, epoch, role = '' } = status;
  if (state === 'published') return;
  const by = 'grace';
  if (what === 'rollback' || state === 'error') {
    const targetState = PHASES[choice % PHASES.length] as string;
    const reason = 'again';
    const back =
      choice % 2 === 0
        ? baton.rollback({ workflowId, targetState, reason, by })
        : baton.requestRetry({ workflowId, reason, by });
    await back.catch(() => undefined);
    return;
  }
  if (what === 'cancel') {
    await baton.cancel({ workflowId, reason: 'no', by });
    return;
  }
  if (awaiting?.kind === 'approval') {
    await baton.decideApproval({ workflowId, approved: choice % 3 > 0, by });
    return;
  }
  if (awaiting !== undefined) {
    for (const { id: questionId } of questions.filter(({ answer }) => answer === undefined)) {
      await baton.answerQuestion({ workflowId, questionId, answer: 'yes', by });
    }
    return;
  }
  if (what === 'person retries') {
    await baton.requestRetry({ workflowId, reason: 'again', by }).catch(() => undefined);
    return;
  }
  if (!PHASES.includes(state)) {
    await baton.advance({ workflowId, role, completedState: state });
    return;
  }
  const claim = { workflowId, worker: 'w1', roles: [role], leaseMs: 1000 };
  const claimed = await baton.claim(claim).catch((reason) => {
    if (reason.code !== 'budget_spent') throw reason;
  });
  // All attempts are spent.
  if (claimed === undefined) return;
  const { assignment, claim: held } = claimed;
  const { attempt } = assignment;
  const { token: claimToken } = held;
  const from = assignment.checkpoint?.digest ?? 'start';
  const end = choice % 3 === 0 ? from : `t${tree}`;
  const notes: { code: string; message: string }[] = [];
  if (end !== from && isKept) {
    const number = artifacts.length + 1;
    before.set(number, from);
    artifacts.push({
      ...{ workflowId, projectId: 'p', role, mediaType: 'text/x-diff', createdAt: clock.now() },
      ...{ number, digest: `${number}`, size: 1, compressedSize: 1, kind: 'diff', state, epoch },
      ...{ name: 'changes.diff', truncated: false, superseded: false, attempt, treeDigest: end },
    });
  } else if (end !== from) {
    notes.push({ code: 'artifact_not_kept', message: "'changes.diff' was not kept: full" });
  }
  const checkpoint = { commit: end, digest: end };
  const report = { workflowId, claimToken, notes };
  const failed = { ...report, code: 'unavailable', message: 'm', retryable: true };
  if (what === 'ask') {
    const asking = baton.ask({ ...report, questions: [{ text: 'Which?' }] });
    await asking.catch(() => baton.failAttempt(failed));
  } else if (what === 'fail') await baton.failAttempt(failed);
  else if (what === 'lose') clock.advance(10_000);
  else if (what === 'stop') await baton.cancel({ workflowId, reason: 'no', by });
  else if (what === 'retry' && state !== 'plan') {
    await baton.requestRetry({ ...report, checkpoint, by: role, reason: 'red' });
    trees.add(end);
  } else {
    await baton.advance({ ...report, checkpoint, result: {}, role, completedState: state });
    trees.add(end);
  }
}
