import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { BuildDefinitionOptions } from '../model/build/define-build.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import { aBuild } from '../testing/store-contract/harness.ts';
import type { Orchestrator } from './operations.ts';
import { rulesOf } from './rules.ts';
import { discovery, setUp } from './testing/set-up.ts';

const APPROVAL = { from: 'discovery', to: 'planning', by: ['grace'] };
const APART = { phase: 'verification', from: 'implementation', by: 'model' } as const;

/** A workflow that was begun under some rules, and a process that has others. */
async function drifted(before: BuildDefinitionOptions, after: BuildDefinitionOptions) {
  const store = await createMemoryStore();
  const { baton: old } = await setUp({ store, definitions: [buildDefinition(before)] });
  const { workflowId } = await old.start(aBuild());
  const { baton, clock } = await setUp({ store, definitions: [buildDefinition(after)] });
  return { baton, clock, store, workflowId };
}

async function trailOf(baton: Orchestrator, workflowId: string): Promise<WorkflowEvent[]> {
  const events: WorkflowEvent[] = [];
  for await (const event of baton.watch({ workflowId, follow: false })) events.push(event);
  return events;
}

describe('a workflow that goes on by other rules', () => {
  it.each([
    ['approvals', { approvals: [APPROVAL] }, {}],
    ['approvals', { approvals: [APPROVAL] }, { approvals: [{ ...APPROVAL, by: ['eve'] }] }],
    ['separations', { separations: [APART] }, {}],
    ['gates', { coverageThreshold: 95 }, { coverageThreshold: 10 }],
  ] as const)('says so in its trail, once: %s', async (part, before, after) => {
    const { baton, workflowId } = await drifted(before, after);
    // What is refused changes nothing.
    const retry = { workflowId, reason: 'x', targetState: 'planning' };
    await expect(baton.requestRetry(retry)).rejects.toMatchObject({ code: 'illegal_transition' });
    const [started, ...none] = await trailOf(baton, workflowId);
    expect(none).toEqual([]);
    const claim = { workflowId, worker: 'w1', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const taken = await baton.claim(claim);
    await baton.advance({ workflowId, ...discovery, claimToken: taken.claim.token });
    const trail = await trailOf(baton, workflowId);
    expect(trail.map(({ sequence, type }) => [sequence, type]).slice(0, 4)).toEqual([
      [1, 'workflow_started'],
      [2, 'definition_changed'],
      [3, 'assignment_claimed'],
      [4, expect.stringMatching(/state_advanced|approval_requested/)],
    ]);
    expect(trail).toHaveLength(4);
    expect(trail[1]).toMatchObject({ triggeredBy: 'w1', revision: 2, epoch: 1 });
    const data = trail[1]?.data;
    expect(data).toMatchObject({
      state: 'discovery',
      definition: { name: 'build', version: 1 },
      differs: [part],
      before: { ...(started?.data['rules'] as object) },
      after: { ...rulesOf(buildDefinition(after)) },
      approvals: 'approvals' in after ? after.approvals : [],
      separations: [],
    });
    const gates = expect.arrayContaining(['testing: Line coverage is at least 10 %']);
    expect(data?.['gates']).toEqual(part === 'gates' ? gates : undefined);
  });

  it('has what a person had to approve in its first event', async () => {
    const { baton, workflowId } = await drifted(
      { approvals: [APPROVAL], separations: [APART] },
      {},
    );
    const [started] = await trailOf(baton, workflowId);
    expect(started?.data).toMatchObject({ approvals: [APPROVAL], separations: [APART] });
  });

  it('says so also where the change is refused and moves it, and not where time alone does', async () => {
    const { baton, clock, workflowId } = await drifted({ approvals: [APPROVAL] }, {});
    clock.advance(3_600_001);
    expect(await baton.expireOverdue()).toBe(1);
    const expired = (await trailOf(baton, workflowId)).map(({ type }) => type);
    expect(expired).toEqual(['workflow_started', 'workflow_failed']);
    const other = await drifted({ approvals: [APPROVAL] }, {});
    other.clock.advance(3_600_001);
    const late = other.baton.advance({ workflowId: other.workflowId, ...discovery });
    await expect(late).rejects.toMatchObject({ code: 'timed_out' });
    const types = (await trailOf(other.baton, other.workflowId)).map(({ type }) => type);
    expect(types).toEqual(['workflow_started', 'definition_changed', 'workflow_failed']);
  });

  it('is one that was begun before rules were recorded, too', async () => {
    const { store, workflowId, baton } = await drifted({}, {});
    const loaded = await store.load(workflowId);
    const { rules: _, ...old } = loaded?.snapshot ?? {};
    const load = async () => ({
      snapshot: { ...old, rules: undefined } as never,
      reply: undefined,
    });
    const { baton: newer } = await setUp({ store: { ...store, load } });
    await newer.advance({ workflowId, ...discovery });
    const [, changed] = await trailOf(baton, workflowId);
    expect(changed?.data).toMatchObject({
      before: null,
      differs: expect.arrayContaining(['gates']),
    });
  });
});

describe('the digests of a definition', () => {
  it('are the same for equal rules, in whatever order they stand', () => {
    const other = { from: 'planning', to: 'handoff_to_coder', by: ['eve', 'ada'] };
    const approvals = [APPROVAL, { ...other, by: ['ada', 'eve'] }];
    expect(rulesOf(buildDefinition({ approvals }))).toEqual(
      rulesOf(buildDefinition({ approvals: [other, APPROVAL] })),
    );
  });

  it('tell states, transitions, owners and output schemas apart', () => {
    const build = buildDefinition();
    const { planning, discovery: first } = build.states;
    if (planning?.kind !== 'phase' || first?.kind !== 'phase') throw new Error('no phases');
    const differing = (patch: object) => {
      const [one, two] = [rulesOf(build), rulesOf({ ...build, ...patch })];
      return Object.keys(one).filter((part) => one[part as 'gates'] !== two[part as 'gates']);
    };
    const withPlanning = (patch: object) => ({
      states: { ...build.states, planning: { ...planning, ...patch } },
    });
    expect(differing({})).toEqual([]);
    expect(differing(withPlanning({ owner: 'code_writer' }))).toEqual(['states']);
    expect(differing({ transitions: build.transitions.slice(1) })).toEqual(['states']);
    expect(differing({ initial: 'planning' })).toEqual(['states']);
    expect(differing(withPlanning({ output: first.output }))).toEqual(['outputs']);
  });
});
