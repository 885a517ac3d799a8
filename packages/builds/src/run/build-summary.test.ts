import { createMemoryStore, createOrchestrator, type JsonObject } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { expect, test } from 'vitest';
import { summarize } from './build-summary.ts';

const run = { exitCode: 0, startedAt: 1, outputDigest: 'd', durationMs: 5 };

const outputs: Record<string, JsonObject> = {
  discovery: { summary: 's', requirements: ['r'] },
  planning: { steps: ['s'], testingStrategy: 't', risks: [] },
  implementation: { summary: 's', changedFiles: [] },
  testing: {
    testsPassed: 1,
    testsFailed: 0,
    coveragePercent: 90,
    securityIssues: [],
    evidence: [{ ...run, purpose: 'test', argv: ['test'] }],
  },
};

async function createBuild() {
  let now = 1000;
  const orchestrator = createOrchestrator({
    store: await createMemoryStore(),
    clock: { ...createFakeClock(), now: () => now },
  });
  return {
    orchestrator,
    async advance(workflowId: string, states: readonly string[]) {
      for (const completedState of states) {
        now += 100;
        const { role = '' } = await orchestrator.status({ workflowId });
        const result = outputs[completedState];
        await orchestrator.advance({ workflowId, role, completedState, ...(result && { result }) });
      }
    },
    wait(ms: number) {
      now += ms;
    },
  };
}

const TO_TESTING = [
  'discovery',
  'planning',
  'handoff_to_coder',
  'implementation',
  'handoff_to_tester',
];

test('a summary tells the walk, the ways back and the evidence that stands', async () => {
  const { orchestrator, advance, wait } = await createBuild();
  const { workflowId } = await orchestrator.start({
    projectId: 'p',
    buildId: 'b',
    userId: 'ada',
    requirements: {},
  });
  await advance(workflowId, TO_TESTING);
  wait(900);
  await orchestrator.requestRetry({ workflowId, reason: 'red', by: 'test_auditor' });
  await advance(workflowId, ['implementation', 'handoff_to_tester', 'testing']);
  // Two hops in one commit, by way of error: one way back.
  await orchestrator.requestRetry({ workflowId, reason: 'again' });
  await advance(workflowId, ['testing']);
  await orchestrator.advance({
    workflowId,
    role: 'test_auditor',
    completedState: 'handoff_to_verifier',
    nextState: 'error',
    result: { reason: 'lost' },
  });
  await orchestrator.rollback({ workflowId, targetState: 'implementation', reason: 'over' });

  const found = await summarize(orchestrator, workflowId);
  expect(found.waysBack).toEqual([
    { from: 'testing', to: 'implementation', by: 'test_auditor', reason: 'red' },
    { from: 'handoff_to_verifier', to: 'testing', by: 'ada', reason: 'again' },
    { from: 'error', to: 'implementation', by: 'ada', reason: 'over' },
  ]);
  expect(found.walk.slice(0, 7)).toEqual([
    'discovery',
    ...TO_TESTING.slice(1),
    'testing',
    'implementation',
  ]);
  expect(found.walk.slice(-3)).toEqual(['handoff_to_verifier', 'error', 'implementation']);
  expect(found.phases.find(({ phase }) => phase === 'implementation')).toEqual({
    phase: 'implementation',
    role: 'code_writer',
    visits: 3,
    attempts: 0,
    durationMs: 200,
  });
  // Rolled back behind testing: what it measured stands no more.
  expect(found.evidence).toEqual([]);
  await advance(workflowId, ['implementation', 'handoff_to_tester', 'testing']);
  expect((await summarize(orchestrator, workflowId)).evidence).toMatchObject([
    { phase: 'testing', purpose: 'test', exitCode: 0 },
  ]);
});
