import { existsSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is a browser; if not, `what` is told to be skipped. In CI there has to be one. */
export function hasBrowser(what: string): boolean {
  if (existsSync(executablePath) || process.env['CI'] === 'true') return true;
  console.warn(`SKIPPED: ${what}, since there is no browser at ${executablePath}`);
  return false;
}

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
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => 'loaded' in globalThis);
  return page;
}
