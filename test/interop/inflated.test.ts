import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { connect } from './grpc-client.ts';
import { holdStats } from './held-stats.ts';
import { aBuild, startServer } from './start-server.ts';

const MIB = 1024 * 1024;

it('inflates no more at a time than half of what may be held, and answers all in the end', async () => {
  const held = holdStats();
  const { httpUrl } = await startServer({ limits: { heldBytes: 32 * MIB } }, held.orchestrate);
  onTestFinished(held.letGo);
  const ask = (body: Buffer | string, headers: Record<string, string> = {}) =>
    fetch(`${httpUrl}/baton.v1.WorkflowService/GetProjectStats`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  const json = JSON.stringify({ projectId: 'shop' });
  const small = gzipSync(json.padEnd(4 * MIB));
  const calls = Array.from({ length: 12 }, () => ask(small, { 'content-encoding': 'gzip' }));
  await held.callers(4);
  // Another's, behind them all, is not kept from its turn.
  const plain = ask(json);
  await held.callers(5);
  held.letGo();
  const answers = await Promise.all([plain, ...calls]);
  expect(answers.map(({ status }) => status)).toEqual(Array(13).fill(200));
});

it('keeps as few compressed requests over gRPC under way, and streams keep no room', async () => {
  const held = holdStats();
  const { orchestrator, grpcAddress } = await startServer(
    { limits: { heldBytes: 16 * MIB } },
    held.orchestrate,
  );
  onTestFinished(held.letGo);
  const compressed = connect(grpcAddress, undefined, { 'grpc.default_compression_algorithm': 2 });
  const plain = connect(grpcAddress);
  const { workflowId } = await orchestrator.start({ ...aBuild, buildId: 'watched' });
  for (let i = 0; i < 3; i++) {
    const stream = compressed.watch({ workflowId });
    onTestFinished(() => stream.cancel());
    stream.on('error', () => {});
    await once(stream, 'data');
  }
  const calls = Array.from({ length: 5 }, () =>
    compressed.call('getProjectStats', { projectId: 'shop' }),
  );
  await held.callers(2);
  const other = plain.call('getProjectStats', { projectId: 'shop' });
  await held.callers(3);
  held.letGo();
  for (const { stats } of await Promise.all([other, ...calls])) expect(stats.total).toBe(1);
});
