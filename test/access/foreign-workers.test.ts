import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { aBuild, startServer } from '../interop/start-server.ts';
import { removeLeftovers } from '../leftovers.ts';
import { builtGoWorker, hasGo } from '../workers/go.ts';
import { hasPythonGrpc, startPython } from '../workers/python.ts';

afterAll(removeLeftovers);

/** A server that asks for keys, with a build, and a key for workers. */
async function setUp() {
  const store = await createMemoryStore();
  const { documents } = store;
  const baton = createOrchestrator({ store });
  const access = createAccess([createKeyAuthenticator(documents)]);
  const server = await startServer({ orchestrator: baton, access });
  const { secretKey } = await createApiKeys({ documents }).create({
    name: 'farm',
    grant: { projects: ['shop'], permissions: ['perform'], roles: '*' },
  });
  const { workflowId } = await baton.start({ ...aBuild, buildId: 'b' });
  const done = () =>
    expect.poll(async () => (await baton.status({ workflowId })).state).toBe('complete');
  const workers = async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for await (const { type, triggeredBy } of baton.watch({ workflowId, follow: false })) {
      if (type === 'assignment_claimed') found.add(triggeredBy);
    }
    return found;
  };
  return { server, secretKey, done, workers };
}

it.skipIf(!hasPythonGrpc())(
  'the Python worker shows the key of BATON_TOKEN',
  { timeout: TEST_MS },
  async () => {
    const { server, secretKey, done, workers } = await setUp();
    startPython('my_worker.py', { BATON_GRPC_SERVER: server.grpcAddress, BATON_TOKEN: secretKey });
    await done();
    expect([...(await workers())]).toEqual([expect.stringMatching(/^farm\/python-/)]);
  },
);

it.skipIf(!hasPythonGrpc())(
  'the Python worker says once that its key is refused, and ends when it is told to',
  { timeout: TEST_MS },
  async () => {
    const { server } = await setUp();
    const worker = startPython('my_worker.py', {
      BATON_GRPC_SERVER: server.grpcAddress,
      BATON_TOKEN: 'wrong',
    });
    let log = '';
    worker.stderr?.on('data', (chunk) => {
      log += chunk;
    });
    await expect.poll(() => log, { timeout: TEST_MS }).toContain('no work comes for now');
    // It would have asked, and said so, three times by now.
    await setTimeout(2_000);
    expect(log.match(/no work comes for now/g)).toHaveLength(1);
    worker.kill('SIGTERM');
    expect(await once(worker, 'exit')).toEqual([0, null]);
  },
);

it.skipIf(!hasGo())(
  'the Go worker shows the key of BATON_TOKEN',
  { timeout: TEST_MS },
  async () => {
    const { server, secretKey, done, workers } = await setUp();
    const child = spawn(builtGoWorker(), [], {
      env: { ...process.env, BATON_SERVER: server.httpUrl, BATON_TOKEN: secretKey },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await done();
    expect([...(await workers())]).toEqual([expect.stringMatching(/^farm\/go-/)]);
  },
);
