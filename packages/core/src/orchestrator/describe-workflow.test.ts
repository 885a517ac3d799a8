import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { buildDefinition } from '../model/build/build-definition.ts';
import type { JsonObject } from '../model/json.ts';
import { passingOutputs } from '../testing/build-outputs.ts';
import { aBuild, advanceTo } from '../testing/store-contract/harness.ts';
import { setUp } from './testing/set-up.ts';

const REQUIREMENTS = { request: 'Build me a dark mode', themes: ['light', 'dark'] };
const PHASES = ['discovery', 'planning', 'implementation', 'testing'];

describe('describeWorkflow', () => {
  it('has what was asked for, and the outputs in the order of their phases', async () => {
    const { baton } = await setUp();
    const asked = aBuild({ requirements: REQUIREMENTS, metadata: { ticket: 7 } });
    const { workflowId } = await baton.start(asked);
    expect(await baton.describeWorkflow({ workflowId })).toEqual({
      workflowId,
      buildId: asked.buildId,
      projectId: asked.projectId,
      userId: asked.userId,
      definition: { name: 'build', version: 1 },
      state: 'discovery',
      revision: 1,
      epoch: 1,
      requirements: REQUIREMENTS,
      metadata: { ticket: 7 },
      outputs: [],
      awaiting: undefined,
      phaseToApprove: undefined,
    });
    await advanceTo(baton, workflowId, 'verification');
    const { outputs } = await baton.describeWorkflow({ workflowId });
    expect(outputs.map(({ state }) => state)).toEqual(PHASES);
    expect(outputs[1]).toEqual({ state: 'planning', output: passingOutputs.planning });
    const request = await baton.describeWorkflow({ workflowId, withoutOutputs: true });
    expect(request).toMatchObject({ requirements: REQUIREMENTS, metadata: { ticket: 7 } });
    expect(request.outputs).toEqual(PHASES.map((state) => ({ state, output: undefined })));
  });

  it('has the outputs that stand: what a rollback withdraws is gone', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, 'verification');
    await baton.rollback({ workflowId, targetState: 'implementation', reason: 'again' });
    const { outputs, state } = await baton.describeWorkflow({ workflowId });
    expect(state).toBe('implementation');
    expect(outputs.map((one) => one.state)).toEqual(['discovery', 'planning']);
  });

  it.each([
    ['of a phase', { from: 'planning', to: 'handoff_to_coder', by: [] }, 'planning'],
    ['of a handoff', { from: 'handoff_to_releaser', to: 'deployment', by: [] }, 'verification'],
  ] as const)('says whose output waits for approval with the move %s', async (_, rule, phase) => {
    const { baton } = await setUp({ definitions: [buildDefinition({ approvals: [rule] })] });
    const { workflowId } = await baton.start(aBuild());
    await advanceTo(baton, workflowId, rule.from);
    expect(await baton.describeWorkflow({ workflowId })).toMatchObject({
      awaiting: undefined,
      phaseToApprove: undefined,
    });
    const role = rule.from === 'planning' ? 'q_assistant' : 'release_manager';
    const result = rule.from === 'planning' ? { result: passingOutputs.planning } : {};
    await baton.advance({ workflowId, role, completedState: rule.from, ...result });
    const waiting = await baton.describeWorkflow({ workflowId });
    expect(waiting).toMatchObject({ awaiting: { to: rule.to }, phaseToApprove: phase });
    expect(waiting.outputs.at(-1)).toEqual({ state: phase, output: passingOutputs[phase] });
    await baton.decideApproval({ workflowId, approved: true, by: 'grace' });
    expect((await baton.describeWorkflow({ workflowId })).phaseToApprove).toBeUndefined();
  });

  it('gives the output of a named phase alone, and nothing of one that has none', async () => {
    const { baton } = await setUp();
    const { workflowId } = await baton.start(aBuild({ metadata: { ticket: 7 } }));
    await advanceTo(baton, workflowId, 'implementation');
    expect(await baton.describeWorkflow({ workflowId, phase: 'planning' })).toMatchObject({
      requirements: undefined,
      metadata: undefined,
      outputs: [{ state: 'planning', output: passingOutputs.planning }],
    });
    const none = await baton.describeWorkflow({ workflowId, phase: 'testing' });
    expect(none.outputs).toEqual([]);
    const wrong = { workflowId, phase: 'handoff_to_coder' };
    await expect(baton.describeWorkflow(wrong)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining("'handoff_to_coder' is no phase of 'build@1'"),
      legal: [...PHASES, 'verification', 'deployment'],
    });
    await expect(baton.describeWorkflow({ workflowId: 'wf_x' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('never holds more than has room: what an older version let pass comes phase by phase', async () => {
    const store = await createMemoryStore();
    const { baton } = await setUp({ store });
    const { workflowId } = await baton.start(aBuild({ requirements: large('r') }));
    await advanceTo(baton, workflowId, 'verification');
    await keepInside(store, workflowId, {
      // Not in the order of the phases, as a store may have them.
      planning: { small: true },
      discovery: large('d'),
      implementation: { values: Array.from({ length: 9_000 }, () => 1) },
      testing: { values: Array.from({ length: 9_990 }, () => 1) },
      verification: { values: Array.from({ length: 9_990 }, () => 1) },
    });
    const { requirements, metadata, outputs } = await baton.describeWorkflow({ workflowId });
    expect([requirements, metadata]).toEqual([large('r'), {}]);
    const has = outputs.map(({ state, output }) => [state, output !== undefined]);
    expect(has).toEqual([
      ['discovery', false],
      ['planning', true],
      ['implementation', true],
      ['testing', true],
      ['verification', false],
    ]);
    const { outputs: rest } = await baton.describeWorkflow({ workflowId, phase: 'discovery' });
    expect(rest).toEqual([{ state: 'discovery', output: large('d') }]);
  });
});

/** Nearly as large as a payload may be. */
function large(letter: string): JsonObject {
  return { text: letter.repeat(2_000_000) };
}

type Store = Awaited<ReturnType<typeof createMemoryStore>>;

/** Gives a workflow these outputs, as no commit would today. */
async function keepInside(
  store: Store,
  workflowId: string,
  outputs: Readonly<Record<string, JsonObject>>,
): Promise<void> {
  const { snapshot } = (await store.load(workflowId)) ?? {};
  if (snapshot === undefined) throw new Error(`there is no workflow ${workflowId}`);
  const { revision, commitId } = snapshot;
  const next = { ...snapshot, outputs, revision: revision + 1, commitId: 'older' };
  const [result] = await store.commit([
    {
      ...{ snapshot: next, follows: { revision, commitId }, handoffs: [], events: [] },
      changedOutputs: Object.keys(outputs),
    },
  ]);
  expect(result).toEqual({ kind: 'committed' });
}
