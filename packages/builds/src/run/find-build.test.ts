import { createMemoryStore, createOrchestrator, type Orchestrator } from '@baton/core';
import { expect, test } from 'vitest';
import { findBuild, type WantedBuild } from './find-build.ts';
import type { RunRecord } from './run-records.ts';

const wanted: WantedBuild = {
  request: 'Greet',
  projectId: 'p',
  userId: 'ada',
  buildId: 'greet-1',
  named: false,
  another: false,
  server: undefined,
  metadata: {},
  check: async () => undefined,
  timeoutMs: undefined,
  maxRetries: undefined,
  budgets: {},
  resume: (workflowId: string) => `npx -y pnpm@12 baton resume ${workflowId}`,
};

const record = (workflowId: string, buildId: string): RunRecord => ({
  workflowId,
  buildId,
  projectId: 'p',
  request: 'Greet',
  derivedFrom: 'greet-1',
  config: '/c',
  startedAt: 1,
});

const createOperations = async () => createOrchestrator({ store: await createMemoryStore() });

async function fail(operations: Orchestrator, workflowId: string) {
  const request = { workflowId, role: 'q_assistant', completedState: 'discovery' };
  await operations.advance({ ...request, nextState: 'error' });
}

test('two processes that ask at once get one build', async () => {
  const operations = await createOperations();
  const [one, two] = await Promise.all([1, 2].map(() => findBuild(operations, wanted, [])));
  expect(one?.status.workflowId).toBe(two?.status.workflowId);
  expect([one?.begun, two?.begun].sort()).toEqual([false, true]);
});

test('another build is begun only when asked for, and only when the last one has ended', async () => {
  const operations = await createOperations();
  const { status } = await findBuild(operations, wanted, []);
  const records = [record(status.workflowId, 'greet-1')];
  const another = { ...wanted, another: true };
  const same = await findBuild(operations, another, records);
  expect([same.begun, same.status.buildId]).toEqual([false, 'greet-1']);
  await fail(operations, status.workflowId);
  expect((await findBuild(operations, wanted, records)).status.state).toBe('error');
  const second = await findBuild(operations, another, records);
  expect([second.begun, second.status.buildId]).toEqual([true, 'greet-1-2']);
  // The records got lost; the builds did not.
  await fail(operations, second.status.workflowId);
  const third = await findBuild(operations, another, []);
  expect([third.begun, third.status.buildId]).toEqual([true, 'greet-1-3']);
});

test('a named build of another request is refused', async () => {
  const operations = await createOperations();
  const named = { ...wanted, named: true };
  const { status } = await findBuild(operations, named, []);
  const records = [record(status.workflowId, 'greet-1')];
  await expect(findBuild(operations, { ...named, request: 'Part' }, records)).rejects.toMatchObject(
    { code: 'already_exists' },
  );
});

test('a record of a build that the store does not know begins it anew', async () => {
  const found = await findBuild(await createOperations(), wanted, [record('wf_gone', 'greet-1')]);
  expect([found.begun, found.status.buildId]).toEqual([true, 'greet-1']);
});

test.each([
  ['on a server', undefined, 'http://a', 'on http://a'],
  ['in the workspace', 'http://a', undefined, 'with its state in the workspace'],
])(
  'a build that is kept %s is not begun again elsewhere unless another is wanted',
  async (_, server, kept, where) => {
    const operations = await createOperations();
    const records = [{ ...record('wf_1', 'greet-1'), server: kept }];
    const here = { ...wanted, server };
    for (const named of [false, true]) {
      await expect(findBuild(operations, { ...here, named }, records)).rejects.toMatchObject({
        code: 'already_exists',
        message: expect.stringContaining(
          `was begun ${where}: go on with it by npx -y pnpm@12 baton resume wf_1`,
        ),
      });
    }
    const { begun } = await findBuild(operations, { ...here, another: true }, records);
    expect(begun).toBe(true);
  },
);

test('a build on a server that has another address by now is found there', async () => {
  const operations = await createOperations();
  const { status } = await findBuild(operations, { ...wanted, server: 'http://a' }, []);
  const records = [{ ...record(status.workflowId, 'greet-1'), server: 'http://a' }];
  const found = await findBuild(operations, { ...wanted, server: 'http://b' }, records);
  expect([found.begun, found.status.workflowId]).toEqual([false, status.workflowId]);
});
