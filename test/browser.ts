import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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
