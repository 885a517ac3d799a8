import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBatonClient } from '@baton/client';
import type { ServerOptions } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBuild, startServer } from '../interop/start-server.ts';

const PROTOCOLS = ['connect', 'grpc-web', 'grpc'] as const;

interface Proxy {
  readonly port: number;
  /** Connections that were made so far. */
  connections(): number;
  /** From now on nothing passes on those that are open, though they stay open. */
  fallSilent(): void;
}

/** A proxy that closes connections on which nothing has come for `idleMs`. */
async function startProxy(to: number, idleMs: number): Promise<Proxy> {
  const pairs = new Set<readonly Socket[]>();
  const silent = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections++;
    const far = connect(to, '127.0.0.1');
    const pair = [near, far];
    pairs.add(pair);
    const end = () => {
      clearTimeout(timer);
      pairs.delete(pair);
      for (const one of pair) one.destroy();
    };
    let timer = setTimeout(end, idleMs);
    const pass = (from: Socket, into: Socket) => {
      from.on('data', (data) => {
        clearTimeout(timer);
        timer = setTimeout(end, idleMs);
        if (!silent.has(from)) into.write(data);
      });
      from.on('error', end).on('close', end);
    };
    pass(near, far);
    pass(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const one of [...pairs].flat()) one.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    fallSilent: () => {
      for (const one of [...pairs].flat()) silent.add(one);
    },
  };
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
    await expect.poll(() => watch.proxy.connections(), { timeout: 10_000 }).toBeGreaterThan(6);
    await watch.advance();
    await expect.poll(() => watch.types).toEqual(['workflow_started', 'state_advanced']);
    watch.leave.abort();
    await watch.ended;
  });

  it('is taken up again when its connection is dead and nobody says so', async () => {
    const watch = await watching(protocol, { heartbeatSeconds: 0.2, idleMs: 3_600_000 });
    watch.proxy.fallSilent();
    await watch.advance();
    await expect
      .poll(() => watch.types, { timeout: 10_000 })
      .toEqual(['workflow_started', 'state_advanced']);
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
