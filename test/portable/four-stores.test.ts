import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedStore, openStore } from '@baton/adapters/open-store';
import {
  buildDefinition,
  createOrchestrator,
  defineWorkflow,
  discoveryOutput,
  exportWorkflow,
  importWorkflow,
  type Orchestrator,
  readWorkflowFile,
  type WorkflowStore,
} from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import {
  type PrivateRedis,
  redisMissing,
  startRedis,
} from '../../packages/adapters/src/stores/testing/private-redis.ts';

/** Phases that no store has a column for. */
const house = defineWorkflow({
  name: 'house',
  version: 3,
  roles: {
    builder: { title: 'Builder', instructions: 'Build.' },
    inspector: { title: 'Inspector', instructions: 'Inspect.' },
  },
  states: {
    construction: { phase: 'builder', output: discoveryOutput, to: 'inspection' },
    inspection: {
      phase: 'inspector',
      output: discoveryOutput,
      to: 'sold',
      retryTo: 'construction',
    },
    sold: { final: true },
  },
  retries: [['inspection', 'construction']],
});

/** Numbers, keys and text that stores write in ways of their own. */
const awkward = {
  z: 'ünïcødé 🏃🏽‍♀️ \u2028 \\ "\n\t',
  aa: [1e300, -0.5, 1e-7, Number.MAX_SAFE_INTEGER, true, null],
  a: { '': {}, constructor: [], '10': 1, '9': 2 },
};

const start = {
  projectId: 'プロジェクト',
  userId: 'ada',
  requirements: awkward,
  metadata: awkward,
};

/** Failed, recovered, asked, answered, rolled back, sent back, and in testing with a budget. */
async function aBuild(baton: Orchestrator): Promise<string> {
  const budgets = { tokens: 100_000, phases: { testing: { cost: 1.5 } } };
  const build = { ...start, buildId: 'dark mode', budgets, requestId: 'start' };
  const { workflowId } = await baton.start(build);
  const checkpoint = { commit: 'c0ffee', digest: 'd1' };
  const at = (requestId: string) =>
    requestId.startsWith('handoff') ? { requestId } : { requestId, checkpoint };
  const q = { workflowId, role: 'q_assistant' };
  await baton.advance({ ...q, completedState: 'discovery', nextState: 'error' });
  await baton.requestRetry({
    workflowId,
    reason: 'again',
    by: 'Bob <bob@example.org>',
    details: 'why',
    requestId: 'ｚ',
  });
  const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
  const reserve = { tokens: 500 };
  const principal = { models: ['acme:m1'], modelFamilies: ['m'] };
  const { claim } = await baton.claim({ ...worker, principal, reserve });
  const questions = [{ text: 'Which colours?', choices: ['grey', 'black'] }];
  const asked = await baton.ask({ workflowId, claimToken: claim.token, questions });
  const answer = { questionId: asked.questionIds[0] ?? '', answer: 'grey', by: 'ada' };
  await baton.answerQuestion({ workflowId, ...answer, requestId: '😀' });
  const again = await baton.claim({ ...worker, principal, reserve });
  await baton.advance({
    ...q,
    completedState: 'discovery',
    result: { ...passingOutputs.discovery, awkward },
    claimToken: again.claim.token,
    checkpoint,
    notes: [{ code: 'seen', message: 'a note' }],
    requestId: '__proto__',
  });
  const on = async (role: string, ...states: string[]) => {
    for (const completedState of states) {
      const result = passingOutputs[completedState as keyof typeof passingOutputs];
      await baton.advance({ workflowId, role, completedState, result, ...at(completedState) });
    }
  };
  await on('q_assistant', 'planning');
  await on('code_writer', 'handoff_to_coder', 'implementation');
  await baton.rollback({ workflowId, targetState: 'implementation', reason: 'no' });
  await baton.advance({
    workflowId,
    role: 'code_writer',
    completedState: 'implementation',
    result: passingOutputs.implementation,
    checkpoint,
  });
  await on('test_auditor', 'handoff_to_tester');
  return workflowId;
}

async function aHouse(baton: Orchestrator): Promise<string> {
  const definition = { name: 'house' };
  const { workflowId } = await baton.start({ ...start, buildId: 'house', definition });
  const built = { workflowId, role: 'builder', completedState: 'construction' };
  const result = { ...passingOutputs.discovery, awkward };
  await baton.advance({ ...built, result, requestId: 'built' });
  return workflowId;
}

async function fileOf(store: WorkflowStore, workflowId: string): Promise<string> {
  let text = '';
  for await (const line of exportWorkflow(store, workflowId)) text += line;
  return text;
}

const missing = redisMissing() !== undefined || postgresMissing();

describe.skipIf(missing)('a workflow that moves through all stores', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-portable-'));
  const opened: OpenedStore[] = [];
  let redis: PrivateRedis;
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(), startPrivatePostgres()]);
  });
  afterAll(async () => {
    for (const one of opened) await one.close();
    await redis?.destroy();
    await postgres?.destroy();
    rmSync(folder, { recursive: true });
  });

  async function open(url: string): Promise<WorkflowStore> {
    const one = await openStore(url);
    opened.push(one);
    return one.store;
  }

  const over = (store: WorkflowStore) =>
    createOrchestrator({ store, definitions: [buildDefinition(), house] });

  it.each([
    ['a build', aBuild],
    ['a workflow of another definition', aHouse],
  ])('%s loses nothing: its file is the same, byte by byte, everywhere', async (_what, make) => {
    const first = await open('memory:');
    const baton = over(first);
    const workflowId = await make(baton);
    const text = await fileOf(first, workflowId);
    const { projectId } = start;
    const urls = [`sqlite:${join(folder, 'b.db')}`, postgres.url, redis.url, 'memory:'];
    let last = first;
    for (const url of urls) {
      const store = await open(url);
      await importWorkflow(store, await readWorkflowFile([await fileOf(last, workflowId)]));
      expect(await fileOf(store, workflowId), url).toBe(text);
      last = store;
    }
    expect(await last.readStats(projectId)).toEqual(await first.readStats(projectId));
    const { elapsedMs: _, ...status } = await baton.status({ workflowId });
    expect(await over(last).status({ workflowId })).toMatchObject(status);
  });
});
