import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBatonClient } from '@baton/client';
import type { Orchestrator } from '@baton/core';
import { createConnectTransport } from '@connectrpc/connect-node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../packages/adapters/src/testing/free-port.ts';
import { olderServer } from '../older-server.ts';
import { aBuild, serve } from './serve.ts';

describe('a server that cannot be reached', () => {
  it.each(['connect', 'grpc-web', 'grpc'] as const)(
    'is unavailable over %s, with its address and the cause',
    async (protocol) => {
      const baseUrl = `http://127.0.0.1:${await freePort()}`;
      const client = createBatonClient({ baseUrl, protocol, retries: 1, backoffMs: 1 });
      await expect(client.status({ workflowId: 'x' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(new RegExp(`${baseUrl} .*ECONNREFUSED`)),
      });
      const nowhere = createBatonClient({
        baseUrl: 'http://nowhere.invalid',
        protocol,
        retries: 0,
      });
      await expect(nowhere.status({ workflowId: 'x' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('nowhere.invalid'),
      });
    },
  );

  it('is taken for one whose stream a proxy has ended in its midst, as if it were whole', async () => {
    const proxy = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/connect+proto' }).end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void proxy.close());
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const transport = createConnectTransport({ baseUrl, httpVersion: '1.1' });
    const watch = createBatonClient({ transport, retries: 0 }).watch({ workflowId: 'x' });
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('missing EndStreamResponse'),
    });
  });

  it('is not asked again when it speaks something else', async () => {
    const { server } = await serve();
    const client = createBatonClient({
      baseUrl: `http://127.0.0.1:${server.httpPort}`,
      protocol: 'grpc',
      retries: 5,
      // One repetition would outlast the test.
      backoffMs: 60_000,
    });
    await expect(client.status({ workflowId: 'x' })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
      message: expect.stringContaining('expected its gRPC port'),
    });
  });
});

describe.each(['connect', 'grpc-web', 'grpc'] as const)('over %s', (protocol) => {
  it('what is under way ends when the client is closed', async () => {
    const endless = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      projectStats: () => new Promise(() => {}),
    });
    const { client } = await serve({ protocol }, endless);
    const { workflowId } = await client.start(aBuild);
    const call = expect(client.projectStats({ projectId: 'p' })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const events = client.watch({ workflowId })[Symbol.asyncIterator]();
    await events.next();
    const watch = expect(events.next()).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
    await Promise.all([call, watch]);
  });

  it('a watch goes on over events of a type that this version does not know', async () => {
    const newer = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      async *watch(request, signal) {
        for await (const event of orchestrator.watch(request, signal)) {
          yield { ...event, type: 'invented_later' };
        }
      },
    });
    const { client } = await serve({ protocol }, newer);
    const { workflowId } = await client.start(aBuild);
    const types = [];
    for await (const { type } of client.watch({ workflowId, follow: false })) types.push(type);
    expect(types).toEqual(['invented_later']);
  });
});

it('a proxy that answers for a server that is away is no server that cannot be reached', async () => {
  const proxy = createServer((_request, response) => response.writeHead(502).end('Bad Gateway'));
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void proxy.close());
  const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const client = createBatonClient({ baseUrl, retries: 0 });
  await expect(client.status({ workflowId: 'wf_1' })).rejects.toMatchObject({
    ...{ code: 'unavailable', retryable: true },
    message: `the server at ${baseUrl} answered HTTP 502 and nothing else, as a proxy does whose server is away`,
  });
});

describe('a server of an older version', () => {
  it.each([
    ['connect', 'http', 'HTTP 404'],
    ['grpc-web', 'http', 'HTTP 404'],
    ['grpc', 'grpc', ''],
  ] as const)(
    'does not know a new method, over %s, and answers what it knows',
    async (protocol, at, how) => {
      const { server, orchestrator } = await serve();
      const { workflowId } = await orchestrator.start(aBuild);
      const older = await olderServer(server, ['GetWorkflow', 'CancelWorkflow']);
      const baseUrl = older[at].replace('grpc:', 'http:');
      // One repetition would outlast the test.
      const client = createBatonClient({ baseUrl, protocol, retries: 5, backoffMs: 60_000 });
      onTestFinished(() => client.close());
      expect(await client.status({ workflowId })).toMatchObject({ state: 'discovery' });
      const lacks = (method: string) => ({
        ...{ code: 'unavailable', retryable: false, metadata: { unknownMethod: method } },
        message: expect.stringMatching(
          new RegExp(
            `^the server at ${baseUrl}.* does not know ${method} .*${how}.*update the server`,
          ),
        ),
      });
      const described = client.describeWorkflow({ workflowId });
      await expect(described).rejects.toMatchObject(lacks('GetWorkflow'));
      const cancelled = client.cancel({ workflowId, reason: 'r' });
      await expect(cancelled).rejects.toMatchObject(lacks('CancelWorkflow'));
    },
  );
});

describe('a listener for progress that throws', () => {
  it('ends the watch with its own error, and is not taken for a cut connection', async () => {
    const { client, orchestrator } = await serve();
    const { workflowId } = await client.start(aBuild);
    const worker = { workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 3_600_000 };
    const { claim } = await orchestrator.claim(worker);
    const events = client
      .watch({ workflowId }, undefined, () => {
        throw new TypeError('a bug of the user');
      })
      [Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const failed = expect(events.next()).rejects.toMatchObject({
      code: 'internal',
      cause: { message: 'a bug of the user' },
    });
    await orchestrator.reportProgress({ workflowId, claimToken: claim.token, messages: ['a'] });
    await failed;
  });
});
