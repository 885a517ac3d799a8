import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { builtConsole } from '../../scripts/console.ts';
import { launchBrowser, openContext } from '../browser.ts';
import { leaveBehind } from '../leftovers.ts';

// Before any server starts: a server looks for the console when it starts.
builtConsole();

/** A console in a real browser. */
export interface ConsolePage extends Page {
  /** Errors of the page, violations of its policy included; a server that is away is none. */
  readonly faults: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

let launched: Promise<Browser> | undefined;

/** Opens a page of the console until the test ends; the browser is shared by the tests of a file. */
export async function openConsolePage(
  url: string,
  { width = 1440, height = 900, theme = 'light' }: PageOptions = {},
): Promise<ConsolePage> {
  launched ??= launchBrowser();
  const browser = await launched;
  leaveBehind(() => {
    launched = undefined;
    void browser.close();
  });
  const context = await openContext(browser, {
    viewport: { width, height },
    colorScheme: theme,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = message.text();
    if (!/^Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE/.test(text)) faults.push(text);
  });
  await page.goto(url);
  return Object.assign(page, { faults });
}

/**
 * Goes with the Tab key to what is called `name`, as a person without a mouse does.
 *
 * @throws Error when it is not come by.
 */
export async function tabTo(page: Page, name: string | RegExp, most = 80): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate<string>(NAME_OF_FOCUSED);
    passed.push(found);
    if (typeof name === 'string' ? found === name : name.test(found)) return;
  }
  throw new Error(`the Tab key does not lead to ${name}: ${passed.join(' | ')}`);
}

/** What a screen reader calls the element with the focus, about. Runs in the page. */
const NAME_OF_FOCUSED = `(() => {
  const focused = document.activeElement;
  const label = focused?.getAttribute('aria-label');
  if (label) return label;
  const labels = [...(focused?.labels ?? [])].map((one) => one.textContent).join(' ');
  return (labels || (focused?.textContent ?? '')).replace(/\\s+/g, ' ').trim();
})()`;
