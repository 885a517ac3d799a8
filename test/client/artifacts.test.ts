import { randomBytes } from 'node:crypto';
import { type BatonClient, createBatonClient } from '@baton/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WAIT_MS } from '../../packages/adapters/src/testing/patience.ts';
import { startTcpProxy } from '../../packages/adapters/src/testing/tcp-proxy.ts';
import { startArtifactServer } from '../interop/artifact-fixture.ts';
import { startServer } from '../interop/start-server.ts';

function clientOf(port: number, options: Parameters<typeof createBatonClient>[0] = {}) {
  const client = createBatonClient({ baseUrl: `http://127.0.0.1:${port}`, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function contentOf(
  client: BatonClient,
  request: Parameters<BatonClient['readArtifact']>[0],
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of client.readArtifact(request)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('artifacts through the client', () => {
  it.each(['connect', 'grpc-web', 'grpc'] as const)(
    'over %s, of which a part is enough, hold nothing of the server any more',
    async (protocol) => {
      // Room for one content at a time.
      const server = await startArtifactServer({ limits: { heldBytes: 50_000_000 } });
      const { workflowId, keep } = server;
      const content = randomBytes(12_000_000);
      await keep(content);
      const port = protocol === 'grpc' ? server.grpcPort : server.httpPort;
      const client = clientOf(port, { protocol, timeoutMs: WAIT_MS, retries: 0 });
      for (let nth = 0; nth < 3; nth++) {
        for await (const piece of client.readArtifact({ workflowId, number: 1 })) {
          expect(piece[0]).toBe(content[0]);
          break;
        }
      }
    },
  );

  it.each(['connect', 'grpc-web', 'grpc'] as const)(
    'over %s are as they were kept',
    async (protocol) => {
      const server = await startArtifactServer();
      const { workflowId, artifacts, keep } = server;
      const content = randomBytes(1_000_000);
      await keep(content);
      await keep('second', { kind: 'report' });
      const client = clientOf(protocol === 'grpc' ? server.grpcPort : server.httpPort, {
        protocol,
      });
      const kept = await artifacts.list({ workflowId, after: 0, limit: 10 });
      const first = await client.listArtifacts({ workflowId, pageSize: 1 });
      const rest = await client.listArtifacts({ workflowId, pageToken: first.nextPageToken });
      expect([...first.artifacts, ...rest.artifacts]).toEqual(kept);
      expect(rest.nextPageToken).toBeUndefined();
      expect(await client.getArtifact({ workflowId, number: 2 })).toEqual(kept[1]);
      expect((await contentOf(client, { workflowId, number: 1 })).equals(content)).toBe(true);
      const part = await contentOf(client, { workflowId, number: 1, from: 10, to: 300_000 });
      expect(part.equals(content.subarray(10, 300_000))).toBe(true);
      await expect(
        contentOf(client, { workflowId, number: 1, from: 2, to: 1 }),
      ).rejects.toMatchObject({
        code: 'invalid_input',
        violations: [{ field: 'to', description: expect.stringContaining('at least 2') }],
      });
      await expect(contentOf(client, { workflowId, number: 3 })).rejects.toMatchObject({
        code: 'not_found',
      });
    },
  );

  it('are read on after the last byte when the connection breaks', async () => {
    const { workflowId, keep, httpPort } = await startArtifactServer();
    const content = randomBytes(1_000_000);
    await keep(content);
    let connections = 0;
    const proxy = await startTcpProxy(httpPort, ({ client, server }) => {
      connections += 1;
      let passed = 0;
      return {
        toClient(data) {
          client.write(data);
          passed += data.length;
          if (passed > 400_000) server.destroy();
        },
      };
    });
    onTestFinished(() => proxy.close());
    const client = clientOf(proxy.port, { backoffMs: 1 });
    expect((await contentOf(client, { workflowId, number: 1 })).equals(content)).toBe(true);
    expect(connections).toBeGreaterThan(2);
  });

  it('are given up when the server stays silent', async () => {
    const { workflowId, keep, httpPort } = await startArtifactServer();
    await keep('silence');
    const proxy = await startTcpProxy(httpPort, () => ({ toClient() {} }));
    onTestFinished(() => proxy.close());
    const client = clientOf(proxy.port, { timeoutMs: 50, backoffMs: 1, retries: 1 });
    await expect(contentOf(client, { workflowId, number: 1 })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the server sent nothing for 0.05 s',
    });
  });

  it('are left when their reader leaves, or the client is closed', async () => {
    const { workflowId, keep, httpPort } = await startArtifactServer();
    await keep(randomBytes(8_000_000));
    const client = clientOf(httpPort);
    for await (const _ of client.readArtifact({ workflowId, number: 1 })) break;
    const leaving = new AbortController();
    const left = client.readArtifact({ workflowId, number: 1 }, leaving.signal);
    const reading = (async () => {
      for await (const _ of left) leaving.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    client.close();
    await expect(contentOf(client, { workflowId, number: 1 })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('are not there on a server without a store for them', async () => {
    const client = clientOf((await startServer()).httpPort);
    await expect(client.listArtifacts({ workflowId: 'wf_1' })).rejects.toMatchObject({
      code: 'wrong_state',
      message: 'this server was given no store of artifacts; start it with ARTIFACTS_URL',
    });
  });
});
