// Takes pictures of every page of the console, in both themes, wide and narrow, into the folder that it is given.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { builtConsole } from '../../scripts/console.ts';
import { removeLeftovers } from '../leftovers.ts';
import { createConsoleFixture } from './fixture.ts';
import { beginPages } from './shown-pages.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const folder = resolve(process.argv[2] ?? 'docs/console');
const only = process.argv[3];

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const THEMES = ['light', 'dark'] as const;
/** Until what moves has come to rest. */
const REST_MS = 250;

builtConsole();
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const fixture = await createConsoleFixture();
const pages = await beginPages(fixture);
const empty = await createConsoleFixture();

/** Pages before there is anything to show, and when there is nothing to show it from. */
const STATES = [
  { name: 'empty-builds', url: `${empty.url}builds`, prepare: async () => undefined },
  { name: 'empty-inbox', url: `${empty.url}inbox`, prepare: async () => undefined },
  { name: 'empty-projects', url: `${empty.url}projects`, prepare: async () => undefined },
  {
    name: 'loading',
    url: `${fixture.url}builds`,
    prepare: (page: Page) => page.route('**/ListWorkflows', () => undefined),
  },
  {
    name: 'failing',
    url: `${fixture.url}builds`,
    prepare: (page: Page) =>
      page.route('**/ListWorkflows', (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/json',
          body: JSON.stringify({ code: 'data_loss', message: 'the record of a build is damaged' }),
        }),
      ),
  },
];

try {
  for (const viewport of SIZES) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({ viewport, colorScheme });
      const save = async (page: Page, name: string) => {
        await page.waitForTimeout(REST_MS);
        const file = `${name}-${colorScheme}-${viewport.width}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled' });
      };
      for (const { name, path, text } of pages) {
        if (only !== undefined && !name.includes(only)) continue;
        const page = await context.newPage();
        await page.goto(fixture.url + path);
        await page.getByText(text).first().waitFor();
        await page.getByText('Live', { exact: true }).waitFor();
        await save(page, name);
        await page.close();
      }
      for (const { name, url, prepare } of STATES) {
        if (only !== undefined && !name.includes(only)) continue;
        const page = await context.newPage();
        await prepare(page);
        await page.goto(url);
        await page.getByText('Live', { exact: true }).waitFor();
        await save(page, name);
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  removeLeftovers();
}
