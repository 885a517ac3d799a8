import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { launchBrowser, openContext } from '../browser.ts';

const PAGE = `<!doctype html><title>page</title>
<script type="module">import * as loaded from './script.js'; globalThis.loaded = loaded;</script>`;

/** A page of another origin than the server's, which loads the script. Returns its origin. */
export async function servePage(script: string): Promise<string> {
  const server = createHttpServer((request, response) => {
    const isScript = request.url === '/script.js';
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

/** The page in a browser, with what its script exports as `loaded`. */
export async function openPage(origin: string): Promise<Page> {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => 'loaded' in globalThis);
  return page;
}
