import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
} from 'playwright-core';

/** Chromium without a window takes half of the processor time of one that could have one. */
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

const executablePath = process.env['CHROMIUM'] ?? BROWSERS.find(existsSync);

/** Whether there is a browser; if not, `what` is told to be skipped. In CI there has to be one. */
export function hasBrowser(what: string): boolean {
  if (executablePath !== undefined || process.env['CI'] === 'true') return true;
  console.warn(`SKIPPED: ${what}, since there is none of ${BROWSERS.join(', ')}`);
  return false;
}

/**
 * Starts the browser that the tests use: the one that `CHROMIUM` names, else the first of Debian's that is there.
 *
 * @throws Error without any.
 */
export function launchBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`there is none of ${BROWSERS.join(', ')}`);
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/**
 * How long a page is waited for, whether it loads or is to show something: a machine that works on other tests took
 * half a minute. What a page words in another way never comes, and is not waited for as long as a test may last.
 */
const PAGE_WAIT_MS = 300_000;

/** A session of its own, whose pages are waited for as long as a slow and busy machine needs. */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PAGE_WAIT_MS);
  return context;
}
