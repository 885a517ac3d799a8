import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { createRequire } from 'node:module';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { startServer } from './start-server.ts';

const DISCOVERY = { summary: 'A dark mode', requirements: ['A switch changes the colours'] };

async function connect(httpUrl: string, era: '2025' | '2026'): Promise<Client> {
  const mode = era === '2025' ? 'legacy' : { pin: '2026-07-28' };
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode } as never },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', httpUrl)));
  onTestFinished(() => client.close());
  return client;
}

describe.each(['2025', '2026'] as const)('MCP of %s on the HTTP port', (era) => {
  it('performs a role of a build that any client of the server sees', async () => {
    const { httpUrl, orchestrator } = await startServer();
    const client = await connect(httpUrl, era);
    // biome-ignore lint/suspicious/noExplicitAny: the test looks at what it expects.
    const call = async (name: string, input: any): Promise<any> =>
      (await client.callTool({ name, arguments: input })).structuredContent;
    const { build } = await call('start_build', { request: 'Build', projectId: 'shop' });
    const { workflowId } = build;
    const { work } = await call('take_work', { roles: ['q_assistant'], worker: 'ide' });
    expect((await orchestrator.status({ workflowId })).claim).toMatchObject({ worker: 'ide' });
    const outcome = { kind: 'advance', result: DISCOVERY };
    await call('submit_work', { workId: work.workId, outcome });
    expect(await orchestrator.status({ workflowId })).toMatchObject({ state: 'planning' });
  });

  it('goes on with work on another server of the same store', async () => {
    const [first, { orchestrator }] = [await startServer(), await startServer()];
    const second = await startServer({ orchestrator: first.orchestrator });
    expect(orchestrator).not.toBe(first.orchestrator);
    const [one, other] = [await connect(first.httpUrl, era), await connect(second.httpUrl, era)];
    const started = { request: 'Build', projectId: 'shop' };
    await one.callTool({ name: 'start_build', arguments: started });
    const taken = await one.callTool({ name: 'take_work', arguments: { roles: ['q_assistant'] } });
    const { work } = taken.structuredContent as { work: { workId: string } };
    const outcome = { kind: 'advance', result: DISCOVERY };
    const submitted = { name: 'submit_work', arguments: { workId: work.workId, outcome } };
    expect((await other.callTool(submitted)).structuredContent).toEqual({
      ...{ kind: 'handed_over', reasons: [] },
    });
  });
});

it.each(['2025', '2026'] as const)(
  'answers a call of %s that waits, when the server stops',
  async (era) => {
    const [watched, looked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { httpUrl, orchestrator, stop } = await startServer({ drainSeconds: 20 }, (own) => ({
      ...own,
      watch(request, signal) {
        if (request.follow !== false) watched.resolve();
        return own.watch(request, signal);
      },
      listClaimable(request) {
        looked.resolve();
        return own.listClaimable(request);
      },
    }));
    const client = await connect(httpUrl, era);
    const requirements = { request: 'Build' };
    const started = { projectId: 'shop', buildId: 'b', userId: 'ada', requirements };
    const { workflowId } = await orchestrator.start(started);
    const waiting = client.callTool({
      name: 'wait_for_change',
      arguments: { workflowId, afterSequence: 1, timeoutSeconds: 50 },
    });
    const taking = client.callTool({ name: 'take_work', arguments: { roles: ['code_writer'] } });
    await Promise.all([watched.promise, looked.promise]);
    await stop();
    expect((await waiting).structuredContent).toMatchObject({ events: [], build: { workflowId } });
    expect((await taking).structuredContent).toEqual({});
  },
);

const DISCOVER = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
});
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

async function post(port: number, headers: Record<string, string> = {}): Promise<[number, string]> {
  const sent = httpRequest({
    port,
    path: '/mcp',
    method: 'POST',
    headers: { ...HEADERS, ...headers },
  });
  sent.end(DISCOVER);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const piece of response) text += piece;
  return [response.statusCode, text];
}

it('is not served to pages of foreign origins, nor by foreign names', async () => {
  const { httpPort } = await startServer();
  expect((await post(httpPort))[0]).toBe(200);
  expect((await post(httpPort, { origin: 'https://evil.example' }))[0]).toBe(403);
  expect((await post(httpPort, { host: 'evil.example' }))[0]).toBe(403);
});

it('is served over TLS and HTTP/2', async () => {
  const tls = makeCertificate();
  const { httpUrl } = await startServer({ tls });
  const session = connectHttp2(httpUrl, { ca: tls.cert });
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':path': '/mcp', ':method': 'POST', ...HEADERS });
  stream.end(DISCOVER);
  const [headers] = await once(stream, 'response');
  let text = '';
  for await (const piece of stream) text += piece;
  expect([headers[':status'], text]).toEqual([200, expect.stringContaining('"name":"baton"')]);
});

it('takes no body above 4 MiB', async () => {
  const { httpPort } = await startServer();
  const sent = httpRequest({ port: httpPort, path: '/mcp', method: 'POST', headers: HEADERS });
  sent.on('error', () => undefined);
  sent.end(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(5 * 1024 * 1024)}"}`);
  const [response] = await once(sent, 'response');
  expect(response.statusCode).toBe(413);
});

/** Runs a program of a package of the protocol's makers. */
async function run(name: string, file: string, args: readonly string[]): Promise<[number, string]> {
  const path = createRequire(import.meta.url)
    .resolve(`${name}/package.json`)
    .replace('package.json', file);
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const [code] = await once(child, 'close');
  return [code, said];
}

describe('the conformance suite', () => {
  // The other scenarios call tools and resources of a server that is made for the suite.
  it.each([
    ...['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list'],
    'dns-rebinding-protection',
  ])('passes %s', async (scenario) => {
    const { httpUrl } = await startServer();
    const args = ['server', '--url', `${httpUrl}/mcp`, '--scenario', scenario];
    const [code, said] = await run('@modelcontextprotocol/conformance', 'dist/index.js', args);
    expect([code, said]).toEqual([0, expect.stringMatching(/Passed: ([1-9]\d*)\/\1, 0 failed/)]);
  });
});

it("is spoken to by the Inspector's command line", async () => {
  const { httpUrl } = await startServer();
  const inspect = (...args: readonly string[]) =>
    run('@modelcontextprotocol/inspector', 'clients/launcher/build/index.js', [
      ...['--cli', `${httpUrl}/mcp`, '--transport', 'http'],
      ...args,
    ]);
  const [code, said] = await inspect('--method', 'tools/list');
  expect([code, said]).toEqual([0, expect.stringContaining('"start_build"')]);
  const [, started] = await inspect(
    ...['--method', 'tools/call', '--tool-name', 'start_build'],
    ...['--tool-arg', 'request=Build', '--tool-arg', 'projectId=shop'],
  );
  expect(JSON.parse(started)).toMatchObject({ structuredContent: { begun: true } });
});
