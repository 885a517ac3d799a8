import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { WorkflowService } from '@baton/proto';
import { Code as ConnectCode, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { status as Code, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { connect, toRefusal } from './grpc-client.ts';
import { holdStats } from './held-stats.ts';
import { aBuild, startServer } from './start-server.ts';

/** Seconds; longer than any test: a stop that waited for it would never be over. */
const LONG_DRAIN = 600;

describe('a server that stops', () => {
  it('answers what is under way, and ends watches with UNAVAILABLE', async () => {
    const stats = holdStats();
    const server = await startServer({ drainSeconds: LONG_DRAIN }, stats.orchestrate);
    const { workflowId } = await server.orchestrator.start({ ...aBuild, buildId: 'b1' });
    const grpc = connect(server.grpcAddress);
    const web = createClient(
      WorkflowService,
      createConnectTransport({ baseUrl: server.httpUrl, httpVersion: '1.1' }),
    );
    const grpcWatch = grpc.watch({ workflowId });
    grpcWatch.on('data', () => {});
    const grpcEnd = once(grpcWatch, 'error').catch((error) => [error]);
    const webWatch = web.watchWorkflow({ workflowId })[Symbol.asyncIterator]();
    await webWatch.next();
    const webEnd = webWatch.next().catch((error) => error);
    const events = await fetch(`${server.httpUrl}/api/workflows/${workflowId}/events`);
    const underWay = [
      grpc.call('getProjectStats', { projectId: 'p' }),
      web.getProjectStats({ projectId: 'p' }),
      fetch(`${server.httpUrl}/api/workflows/project/p/stats`).then((response) => response.json()),
    ];
    await stats.callers(underWay.length);

    const stopped = server.stop();
    stats.letGo();
    await stopped;

    for (const reply of await Promise.all(underWay)) {
      expect(reply).toMatchObject({ stats: { projectId: 'p' } });
    }
    const [error] = (await grpcEnd) as [ServiceError];
    expect(toRefusal(error)).toMatchObject({
      code: Code.UNAVAILABLE,
      info: { reason: 'UNAVAILABLE', metadata: { retryable: 'true' } },
    });
    expect(await webEnd).toMatchObject({ code: ConnectCode.Unavailable });
    expect(await events.text()).not.toContain('event: problem');
  });

  it('takes no more requests, and stopping again does no harm', async () => {
    const { stop, grpcAddress, httpUrl } = await startServer();
    await Promise.all([stop(), stop()]);
    await stop();
    const deadline = Date.now() + 5000;
    await expect(
      connect(grpcAddress).call('getProjectStats', {}, { deadline }),
    ).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    await expect(fetch(httpUrl)).rejects.toThrow();
  });

  it('is gone once balancers had their time', async () => {
    const server = await startServer({ retireSeconds: 0.2 });
    server.retire();
    await server.stop();
    await expect(fetch(server.httpUrl)).rejects.toThrow();
  });

  it('cuts off what takes longer than the drain time', async () => {
    const stats = holdStats();
    const { stop, grpcAddress, httpUrl } = await startServer(
      { drainSeconds: 0.2 },
      stats.orchestrate,
    );
    const call = connect(grpcAddress).call('getProjectStats', { projectId: 'p' });
    const refused = expect(call).rejects.toMatchObject({ code: expect.any(Number) });
    const route = fetch(`${httpUrl}/api/workflows/project/p/stats`);
    const cut = expect(route).rejects.toThrow();
    await stats.callers(2);
    await stop();
    await Promise.all([refused, cut]);
  });

  it('says which port it cannot have, and leaves nothing open', async () => {
    const { grpcPort, httpPort } = await startServer();
    await expect(startServer({ grpcPort })).rejects.toThrow(
      `gRPC cannot listen on 127.0.0.1:${grpcPort}`,
    );
    const freed = await startServer();
    await freed.stop();
    await expect(startServer({ grpcPort: freed.grpcPort, httpPort })).rejects.toThrow(
      `HTTP cannot listen on 127.0.0.1:${httpPort}`,
    );
    await expect(startServer({ grpcPort: freed.grpcPort })).resolves.toBeDefined();
  });
});

describe('the server as a process', () => {
  const main = join(import.meta.dirname, '../../packages/server/src/main.ts');

  function run(env: Record<string, string>) {
    const child = spawn(process.execPath, ['--conditions=baton-source', main], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: 'memory:',
        BATON_GRPC_PORT: '0',
        BATON_HTTP_PORT: '0',
        ...env,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
      });
    }
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    return { child, exit, output: () => output };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says what it runs on and stops on %s',
    async (signal) => {
      const { child, exit, output } = run({});
      await expect.poll(output).toContain('runs on');
      expect(output()).toMatch(/gRPC +127\.0\.0\.1:\d+/);
      expect(output()).toContain('memory:');
      const [, port] = /HTTP +http:\/\/127\.0\.0\.1:(\d+)/.exec(output()) ?? [];
      const health = await fetch(`http://127.0.0.1:${port}/healthz`);
      expect(await health.json()).toEqual({ status: 'SERVING' });
      child.kill(signal);
      expect(await exit).toEqual([0, null]);
      expect(output()).toContain('stopped');
    },
  );

  it('serves on while balancers notice, says so, and keeps no connection for another request', async () => {
    const { child, exit, output } = run({ BATON_RETIRE_SECONDS: String(LONG_DRAIN) });
    await expect.poll(output).toContain('runs on');
    const [, grpcAddress = ''] = /gRPC +(127\.0\.0\.1:\d+)/.exec(output()) ?? [];
    const [, url] = /HTTP +(http:\/\/127\.0\.0\.1:\d+)/.exec(output()) ?? [];
    child.kill('SIGTERM');
    await expect.poll(output).toContain('SIGTERM: stopping');
    const health = await fetch(`${url}/healthz`);
    expect([health.status, health.headers.get('connection')]).toEqual([503, 'close']);
    const stats = `${url}/api/workflows/project/p/stats`;
    for (let request = 0; request < 3; request++) expect((await fetch(stats)).status).toBe(200);
    expect(await connect(grpcAddress).call('getProjectStats', { projectId: 'p' })).toMatchObject({
      stats: { projectId: 'p' },
    });
    // Told again, it ends at once.
    child.kill('SIGTERM');
    expect(await exit).toEqual([1, null]);
  });

  it('exits with 2 and says which variables are wrong', async () => {
    const { exit, output } = run({ LOG_LEVEL: 'loud', BATON_HTTP_PORT: '99999' });
    expect(await exit).toEqual([2, null]);
    expect(output()).toContain("LOG_LEVEL: found 'loud', expected debug, info");
    expect(output()).toContain("BATON_HTTP_PORT: found '99999'");
  });
});
