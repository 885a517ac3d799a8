import { spawn } from 'node:child_process';
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
