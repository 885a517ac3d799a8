import { PassThrough } from 'node:stream';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it } from 'vitest';
import { createBatonMcp } from './create-baton-mcp.ts';
import { createProjectStarter } from './project-starter.ts';
import { serveMcpStdio } from './stdio.ts';
import { createClaimDesk } from './work/claim-desk.ts';

async function serve() {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const mcp = createBatonMcp({
    operations,
    startBuild: createProjectStarter(operations),
    desk: createClaimDesk(operations),
  });
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const errors: string[] = [];
  const onError = ({ message }: Error) => errors.push(message);
  const { ended, close } = serveMcpStdio(mcp, { stdin, stdout, onError });
  return { stdin, stdout, errors, ended, close };
}

it('ends when the client closes its end', async () => {
  const { stdin, ended } = await serve();
  stdin.end();
  await ended;
});

it('ends when nothing can be written to the client', async () => {
  const { stdout, ended, errors } = await serve();
  stdout.destroy(new Error('write EPIPE'));
  await ended;
  expect(errors).toContain('write EPIPE');
});

it('ends when the client sends a line that is too long for any message', async () => {
  const { stdin, ended, errors } = await serve();
  const piece = 'x'.repeat(1024 * 1024);
  for (let sent = 0; sent < 16; sent++) stdin.write(piece);
  await ended;
  expect(errors).toEqual([expect.stringContaining('exceed')]);
});

it('goes on after what is no message', async () => {
  const { stdin, stdout, close } = await serve();
  const answered = new Promise<string>((resolve) => {
    stdout.setEncoding('utf8').once('data', resolve);
  });
  stdin.write('no JSON\n[]\n{"jsonrpc":"2.0"}\n');
  const clientInfo = { name: 'test', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  expect(JSON.parse(await answered)).toMatchObject({ id: 1, result: {} });
  await close();
});
