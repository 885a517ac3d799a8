import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, createOrchestrator } from '@baton/core';
import { expect, it, onTestFinished } from 'vitest';
import { createBatonMcp } from './create-baton-mcp.ts';
import { createMcpHttpHandler } from './http-handler.ts';
import { createProjectStarter } from './project-starter.ts';
import { createClaimDesk } from './work/claim-desk.ts';

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

async function serve(): Promise<(body: string) => Promise<readonly [number, string]>> {
  const operations = createOrchestrator({ store: await createMemoryStore() });
  const mcp = createBatonMcp({
    operations,
    startBuild: createProjectStarter(operations),
    desk: createClaimDesk(operations),
  });
  const handler = createMcpHttpHandler(mcp);
  const server = createServer((request, response) => void handler.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await handler.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return async (body) => {
    const options = { method: 'POST', headers: HEADERS, body };
    const response = await fetch(`http://127.0.0.1:${port}/mcp`, options);
    return [response.status, await response.text()];
  };
}

const submitting = (result: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"submit_work","arguments":{"workId":"w","outcome":{"kind":"advance","result":${result}}}}}`;
const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const wide = (values: number) => `{"a":[${new Array(values).fill('1').join(',')}]}`;

it.each([
  ['no JSON', '{"jsonrpc":', -32700, 'not JSON: expected'],
  ['nothing', '', -32700, 'not JSON: expected'],
  ['what is nested too deep', submitting(nested(500_000)), -32600, 'nested more than'],
  ['too many values', submitting(wide(1_000_000)), -32600, 'values'],
  ['a name twice', '{"jsonrpc":"2.0","jsonrpc":"2.0"}', -32600, "found 'jsonrpc' twice"],
])('refuses %s before anything is built of it', async (_, body, code, message) => {
  const post = await serve();
  const [status, text] = await post(body);
  expect([status, JSON.parse(text)]).toMatchObject([
    400,
    { jsonrpc: '2.0', id: null, error: { code, message: expect.stringContaining(message) } },
  ]);
});

it('takes as much as a payload may hold', async () => {
  const post = await serve();
  for (const result of [nested(60), wide(9_000)]) {
    const [status, text] = await post(submitting(result));
    expect([status, text]).toEqual([200, expect.stringContaining('workId: expected an id')]);
  }
});
