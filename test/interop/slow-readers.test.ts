import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Orchestrator } from '@baton/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from './grpc-client.ts';
import { aBuild, startServer, type TestServer } from './start-server.ts';

const EVENT_BYTES = 64 * 1024;
/** What two sockets and the windows of HTTP hold; a server that asks on holds it all. */
const MOST_EVENTS = 500;

/** A server of a workflow without end, and how many of its events were asked for. */
async function endless(): Promise<TestServer & { workflowId: string; asked: () => number }> {
  let asked = 0;
  const server = await startServer({}, (orchestrator: Orchestrator) => ({
    ...orchestrator,
    async *watch({ workflowId }, signal, onProgress) {
      while (!signal?.aborted) {
        asked += 1;
        const message = `${asked}`;
        onProgress?.({ workflowId, state: 's', role: 'r', attempt: 1, message, at: 0 });
        yield {
          ...{ workflowId, sequence: asked, type: 'noted', triggeredBy: 'ada', at: 0 },
          ...{ data: { text: 'x'.repeat(EVENT_BYTES) }, revision: 1, epoch: 1 },
        };
      }
    },
  }));
  const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b1' });
  return { ...server, workflowId, asked: () => asked };
}

/** Sends a request, and reads no more than the first of the answer. */
async function ask(
  port: number,
  head: string,
  body: Uint8Array = Buffer.alloc(0),
): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(`${head}\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n`);
  socket.write(body);
  await once(socket, 'readable');
  return socket;
}

function enveloped(json: object): Buffer {
  const message = Buffer.from(JSON.stringify(json));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const watchers = {
  'server-sent events': ({ httpPort, workflowId }) =>
    ask(httpPort, `GET /api/workflows/${workflowId}/events?includeProgress=true HTTP/1.1`),
  Connect: ({ httpPort, workflowId }) =>
    ask(
      httpPort,
      'POST /baton.v1.WorkflowService/WatchWorkflow HTTP/1.1\r\ncontent-type: application/connect+json',
      enveloped({ workflowId, includeProgress: true }),
    ),
  gRPC: async ({ grpcAddress, workflowId }) => {
    const stream = connect(grpcAddress).watch({ workflowId, includeProgress: true });
    stream.on('error', () => {});
    await once(stream, 'data');
    stream.pause();
    onTestFinished(() => stream.cancel());
  },
} satisfies Record<string, (server: Awaited<ReturnType<typeof endless>>) => Promise<unknown>>;

describe('a watcher that reads nothing', () => {
  it.each(Object.entries(watchers))('over %s is asked for no more than fits', async (_, watch) => {
    const server = await endless();
    await watch(server);
    const settled = async () => {
      const before = server.asked();
      await sleep(200);
      return server.asked() === before;
    };
    await expect.poll(settled).toBe(true);
    expect(server.asked()).toBeGreaterThan(0);
    expect(server.asked()).toBeLessThan(MOST_EVENTS);
  });
});
