import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatonClient } from '@baton/client';
import type { ServerOptions } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startTcpProxy } from '../../packages/adapters/src/testing/tcp-proxy.ts';
import { aBuild, startServer } from '../interop/start-server.ts';

const PROTOCOLS = ['connect', 'grpc-web', 'grpc'] as const;

/** While a process gets no time it sends no heartbeats either: that counts as one look, however long. */
const LOOKS = 10;

/** A proxy that closes connections on which nothing has come for `idleMs`. */
async function startProxy(to: number, idleMs: number) {
  let connections = 0;
  const proxy = await startTcpProxy(to, ({ client, server }) => {
    connections++;
    let quiet = 0;
    const timer = setInterval(() => {
      if (++quiet > LOOKS) client.destroy();
    }, idleMs / LOOKS);
    const passTo = (socket: Socket) => (data: Buffer) => {
      quiet = 0;
      socket.write(data);
    };
    return {
      toServer: passTo(server),
      toClient: passTo(client),
      ended: () => clearInterval(timer),
    };
  });
  onTestFinished(() => proxy.close());
  return { ...proxy, connections: () => connections };
}

/** A watch through a proxy, of a workflow in which nothing happens. */
async function watching(
  protocol: (typeof PROTOCOLS)[number],
  { idleMs, ...options }: Partial<ServerOptions> & { readonly idleMs: number },
) {
  const server = await startServer(options);
  const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b' });
  const to = protocol === 'grpc' ? server.grpcPort : server.httpPort;
  const proxy = await startProxy(to, idleMs);
  const baseUrl = `http://127.0.0.1:${proxy.port}`;
  const client = createBatonClient({ baseUrl, protocol, retries: 2, backoffMs: 1 });
  onTestFinished(() => client.close());
  const types: string[] = [];
  const leave = new AbortController();
  const ended = (async () => {
    for await (const { type } of client.watch({ workflowId }, leave.signal)) types.push(type);
  })();
  // What it throws is what the tests look at.
  ended.catch(() => undefined);
  await expect.poll(() => types).toEqual(['workflow_started']);
  const advance = () =>
    server.orchestrator.advance({
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: { summary: 's', requirements: ['r'] },
    });
  return { proxy, types, advance, leave, ended };
}

describe.each(PROTOCOLS)('a watch of a quiet workflow over %s', (protocol) => {
  it('is kept alive by heartbeats, through a proxy that closes idle connections', async () => {
    const watch = await watching(protocol, { heartbeatSeconds: 0.4, idleMs: 1500 });
    const connections = watch.proxy.connections();
    await sleep(3500);
    await watch.advance();
    await expect.poll(() => watch.types).toEqual(['workflow_started', 'state_advanced']);
    expect(watch.proxy.connections()).toBe(connections);
    watch.leave.abort();
    await watch.ended;
  });

  it('goes on, however often such a proxy cuts it, while the server answers', async () => {
    const watch = await watching(protocol, { idleMs: 300 });
    await expect.poll(() => watch.proxy.connections()).toBeGreaterThan(6);
    await watch.advance();
    await expect.poll(() => watch.types).toEqual(['workflow_started', 'state_advanced']);
    watch.leave.abort();
    await watch.ended;
  });

  it('reconnects when its connection dies without notice', async () => {
    const watch = await watching(protocol, { heartbeatSeconds: 0.2, idleMs: 3_600_000 });
    watch.proxy.fallSilent();
    await watch.advance();
    await expect.poll(() => watch.types).toEqual(['workflow_started', 'state_advanced']);
    watch.leave.abort();
    await watch.ended;
  });
});

describe('the headers of a stream', () => {
  it('come at once, and say how often a heartbeat comes', async () => {
    const server = await startServer({ heartbeatSeconds: 3600 });
    const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b' });
    const message = JSON.stringify({ workflowId, afterSequence: 1, follow: true });
    const body = Buffer.alloc(5 + message.length);
    body.writeUInt32BE(message.length, 1);
    body.write(message, 5);
    const leave = new AbortController();
    const response = await fetch(`${server.httpUrl}/baton.v1.WorkflowService/WatchWorkflow`, {
      method: 'POST',
      headers: { 'content-type': 'application/connect+json' },
      body,
      signal: leave.signal,
    });
    expect(response.headers.get('baton-heartbeat-seconds')).toBe('3600');
    leave.abort();
  });
});

it.each(PROTOCOLS)(
  'a watch over %s that its caller leaves ends on the server, too',
  async (protocol) => {
    const server = await startServer({ limits: { watches: 3 } });
    const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b' });
    const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
    const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, protocol, retries: 5 });
    onTestFinished(() => client.close());
    for (let nth = 0; nth < 8; nth++) {
      const heard: string[] = [];
      for await (const { type } of client.watch({ workflowId })) {
        heard.push(type);
        break;
      }
      expect(heard).toHaveLength(1);
    }
  },
);
