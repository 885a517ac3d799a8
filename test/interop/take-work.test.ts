import { createBatonClient } from '@baton/client';
import { createMemoryStore, createOrchestrator, createRunner, type TakenWork } from '@baton/core';
import { createScriptedRole, passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBuild, startServer } from './start-server.ts';

const offer = { worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 };
const assistant = () =>
  createScriptedRole('q_assistant', ({ state }) => ({
    kind: 'advance',
    result: { ...passingOutputs[state as 'discovery'] },
  }));

describe.each(['connect', 'grpc-web', 'grpc'] as const)('work over %s', (protocol) => {
  async function setUp(orchestrator?: ReturnType<typeof createOrchestrator>) {
    const server = await startServer(orchestrator === undefined ? {} : { orchestrator });
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const baseUrl = `http://127.0.0.1:${port}`;
    const client = createBatonClient({ baseUrl, protocol, retries: 1, backoffMs: 1 });
    onTestFinished(() => client.close());
    const start = async (buildId: string) =>
      (await client.start({ ...aBuild, buildId })).workflowId;
    return { server, client, start };
  }

  it('is pushed to a worker, and so is that it was taken away', async () => {
    const { client, server, start } = await setUp();
    const told: TakenWork[] = [];
    const leaving = new AbortController();
    const ended = (async () => {
      for await (const work of client.takeWork({ offers: [offer] }, leaving.signal)) {
        told.push(work);
      }
    })();
    const workflowId = await start('b1');
    await expect
      .poll(() => told)
      .toMatchObject([{ kind: 'assignment', claim: { worker: 'w' }, assignment: { workflowId } }]);
    const [given] = told;
    const claimToken = given?.kind === 'assignment' ? given.claim.token : '';
    await server.orchestrator.rollback({ workflowId, targetState: 'discovery', reason: 'x' });
    await expect.poll(() => told[1]).toEqual({ kind: 'withdrawn', workflowId, claimToken });
    leaving.abort();
    await ended;
  });

  it('goes on with what comes next, in one request', async () => {
    const { client, server } = await setUp();
    const { workflowId, next } = await client.start({ ...aBuild, buildId: 'b', takeNext: [offer] });
    expect(next?.assignment).toMatchObject({ state: 'discovery', workflowId });
    const reply = await client.advance({
      ...{ workflowId, role: 'q_assistant', completedState: 'discovery', takeNext: [offer] },
      ...{ result: passingOutputs.discovery, claimToken: next?.claim.token },
    });
    expect(reply).toMatchObject({ state: 'planning', revision: 4 });
    const { claim } = (await server.orchestrator.status({ workflowId })) ?? {};
    expect(reply.next?.claim).toMatchObject({ ...claim, token: expect.any(String) });
    const renewed = await client.renewClaims({
      claims: [
        { workflowId, token: reply.next?.claim.token ?? '' },
        { workflowId, token: 'another' },
      ],
      leaseMs: 60_000,
    });
    expect(renewed).toEqual([true, false]);
  });

  it('is polled for, and waited for', async () => {
    const { client, start } = await setUp();
    expect(await client.pollWork({ offers: [offer], waitMs: 5 })).toEqual([]);
    const waiting = client.pollWork({ offers: [offer], waitMs: 60_000 });
    const workflowId = await start('b1');
    expect(await waiting).toMatchObject([{ assignment: { workflowId } }]);
  });

  it('names what is wrong with a request as its caller does', async () => {
    const { client } = await setUp();
    const offers = [{ ...offer, leaseMs: 1 }];
    const violations = [{ field: 'offers.0.leaseMs' }];
    const refused = { code: 'invalid_input', violations };
    await expect(client.pollWork({ offers })).rejects.toMatchObject(refused);
    const stream = client.takeWork({ offers })[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toMatchObject(refused);
  });

  it('ends with the server, for streams and polls, and a runner goes on with its successor', async () => {
    const orchestrator = createOrchestrator({ store: await createMemoryStore() });
    const { client, server } = await setUp(orchestrator);
    const reports: string[] = [];
    const runner = createRunner({
      source: client,
      roles: [assistant()],
      backoff: { initialMs: 5, maxMs: 20 },
      onReport: ({ kind }) => void reports.push(kind),
    });
    const running = runner.run();
    const poll = client.pollWork({
      offers: [{ ...offer, roles: ['release_manager'] }],
      waitMs: 60_000,
    });
    await orchestrator.start({ ...aBuild, buildId: 'before' });
    await expect.poll(() => reports.filter((kind) => kind === 'outcome')).toHaveLength(2);
    await server.stop();
    expect(await poll).toEqual([]);
    await expect.poll(() => reports).toContain('trouble');
    const port =
      protocol === 'grpc' ? { grpcPort: server.grpcPort } : { httpPort: server.httpPort };
    await startServer({ orchestrator, ...port });
    await orchestrator.start({ ...aBuild, buildId: 'after' });
    await expect.poll(() => reports.filter((kind) => kind === 'outcome')).toHaveLength(4);
    await runner.stop();
    await running;
  });
});

it('is polled for by HTTP alone', async () => {
  const { httpUrl, orchestrator } = await startServer();
  const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'b1' });
  const response = await fetch(`${httpUrl}/baton.v1.AssignmentService/PollWork`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      offers: [{ worker: 'curl', roles: ['q_assistant'], lease: '60s' }],
      wait: '5s',
    }),
  });
  expect(await response.json()).toMatchObject({
    work: [{ claim: { worker: 'curl' }, assignment: { workflowId, state: 'discovery' } }],
  });
});

it('is waited for by many, and takes no room from others meanwhile', async () => {
  const { httpUrl, stop } = await startServer({ limits: { heldBytes: 2 * 1024 * 1024 } });
  const call = (method: string, body: object): Promise<Response> =>
    fetch(`${httpUrl}/baton.v1.${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const polls = Array.from({ length: 100 }, (_, i) =>
    call('AssignmentService/PollWork', {
      offers: [{ worker: `w${i}`, roles: ['release_manager'], lease: '60s' }],
      wait: '60s',
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const listed = await call('WorkflowService/ListWorkflows', {});
  expect(listed.status).toBe(200);
  await listed.text();
  await stop();
  for (const poll of await Promise.all(polls)) expect(await poll.json()).toEqual({});
});
