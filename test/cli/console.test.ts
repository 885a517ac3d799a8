import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { baton, createProject, startServer, TIMEOUT } from './harness.ts';

/** A server that has only what answers with `status`. */
async function serveAll(status: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('baton console', TIMEOUT, () => {
  it('prints the link to the console of a server that is there', async () => {
    const { address } = await startServer();
    const { code, stdout } = await baton(['console', '--server', address]);
    expect([code, stdout]).toEqual([0, `${address}/console/\n`]);
  });

  it('prints no link to a server that does not answer, has no console, or speaks gRPC alone', async () => {
    const gone = await baton(['console', '--server', 'http://127.0.0.1:9']);
    expect([gone.code, gone.stdout]).toEqual([5, '']);
    expect(gone.stderr).toContain('no server answers at http://127.0.0.1:9/console/');

    const address = await serveAll(404);
    const without = await baton(['console', '--server', address]);
    expect([without.code, without.stdout]).toEqual([3, '']);
    expect(without.stderr).toContain(`the server at ${address} has no console`);

    const grpc = await baton(['console', '--server', 'grpc://127.0.0.1:50051']);
    expect([grpc.code, grpc.stdout]).toEqual([2, '']);
    expect(grpc.stderr).toContain('expected http://… or https://…, found grpc://127.0.0.1:50051');
  });

  it('says how to begin where no build was begun', async () => {
    const { repo } = createProject();
    const { code, stderr } = await baton(['console', '--workspace', repo]);
    expect(code).toBe(3);
    expect(stderr).toContain('begin one with baton run, or name the repository of a build');
  });
});
