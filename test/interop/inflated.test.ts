import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { holdStats } from './held-stats.ts';
import { startServer } from './start-server.ts';

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
