import { existsSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { startServer } from '../interop/start-server.ts';
import { bundle } from './bundle.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasBrowser = existsSync(executablePath);
if (!hasBrowser) {
  console.warn(
    `SKIPPED: the client in a real page, since there is no browser at ${executablePath}`,
  );
}

const PAGE = `<!doctype html><title>page</title>
<script type="module">import * as baton from './client.js'; globalThis.baton = baton;</script>`;

/** A page of another origin than the server's, which loads the client as its users would. */
async function servePage(): Promise<string> {
  const script = await bundle();
  const server = createHttpServer((request, response) => {
    const isScript = request.url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function openPage(origin: string) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => 'baton' in globalThis);
  return page;
}

/** Runs in the page. */
async function useClient({
  baseUrl,
  protocol,
}: {
  baseUrl: string;
  protocol: 'connect' | 'grpc-web';
}) {
  const { baton } = globalThis as unknown as { baton: typeof import('@baton/client') };
  const client = baton.createBatonClient({ baseUrl, protocol, retries: 0 });
  try {
    const start = { projectId: 'p', buildId: protocol, userId: 'u', requirements: { ü: [1] } };
    const { workflowId } = await client.start(start);
    const events = [];
    for await (const { type } of client.watch({ workflowId, follow: false })) events.push(type);
    const missing = await client.status({ workflowId: 'none' }).catch(({ code }) => code);
    const stats = await fetch(`${baseUrl}/api/workflows/project/p/stats`);
    const sent = new EventSource(`${baseUrl}/api/workflows/${workflowId}/events`);
    const first = await new Promise<string>((resolve) => {
      sent.onmessage = ({ lastEventId }) => resolve(lastEventId);
    });
    sent.close();
    return { events, missing, stats: stats.status, first };
  } catch (reason) {
    return { code: (reason as { code: string }).code };
  }
}

it.runIf(hasBrowser)(
  'a page of a welcome origin uses the client, the routes and the events',
  async () => {
    const origin = await servePage();
    const { httpUrl: baseUrl } = await startServer({ corsOrigins: [origin] });
    const page = await openPage(origin);
    for (const protocol of ['connect', 'grpc-web'] as const) {
      expect(await page.evaluate(useClient, { baseUrl, protocol })).toEqual({
        events: ['workflow_started'],
        missing: 'not_found',
        stats: 200,
        first: '1',
      });
    }
  },
);

it.runIf(hasBrowser)('a page that is not welcome gets nothing', async () => {
  const origin = await servePage();
  const { httpUrl: baseUrl } = await startServer({ corsOrigins: ['https://other.example'] });
  const page = await openPage(origin);
  const found = await page.evaluate(useClient, { baseUrl, protocol: 'connect' as const });
  expect(found).toEqual({ code: 'unavailable' });
});
