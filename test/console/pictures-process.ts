// Takes pictures of every page of the console, in both themes, wide and narrow, into the folder that it is given.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { builtConsole } from '../../scripts/console.ts';
import { launchBrowser, openContext } from '../browser.ts';
import { removeLeftovers } from '../leftovers.ts';
import { beginBuild, createConsoleFixture } from './fixture.ts';
import { beginPages } from './shown-pages.ts';

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
const browser = await launchBrowser();
const fixture = await createConsoleFixture();
const pages = await beginPages(fixture);
const empty = await createConsoleFixture();
const none = await createConsoleFixture();

interface PictureOf {
  readonly name: string;
  readonly url: string;
  /** What is there once the page shows what is pictured. */
  readonly text: string | RegExp;
  prepare?(page: Page): Promise<void>;
}

/** What each page reads to show what it is about, and how it says that it waits for it or has failed to. */
const READS = [
  { name: 'builds', path: 'builds', reads: ['ListWorkflows'] },
  { name: 'build', path: pathOf('build-at-work'), reads: ['GetWorkflowStatus'] },
  { name: 'timeline', path: pathOf('build-at-work'), reads: ['WatchWorkflow'] },
  { name: 'handoffs', path: pathOf('handoffs'), reads: ['GetWorkflowHistory'] },
  { name: 'changes', path: pathOf('changes'), reads: ['ReadArtifact'] },
  { name: 'evidence', path: pathOf('evidence'), reads: ['ReadArtifact'] },
  { name: 'logs', path: pathOf('logs'), reads: ['ReadArtifact'] },
  { name: 'rollback', path: pathOf('rollback'), reads: ['PlanRollback'] },
  { name: 'inbox', path: 'inbox', reads: ['ListWorkflows'] },
  { name: 'approval', path: pathOf('approval'), reads: ['ReadArtifact', 'ListArtifacts'] },
  { name: 'projects', path: 'projects', reads: ['ListProjects'] },
  {
    name: 'project',
    path: 'projects/shop',
    reads: ['GetProjectStats', 'GetUsage', 'GetProjectHistory'],
  },
  { name: 'definitions', path: 'definitions', reads: ['GetDefinition'] },
] as const;

function pathOf(name: string): string {
  const found = pages.find((page) => page.name === name);
  if (found === undefined) throw new Error(`no page is called ${name}`);
  return found.path;
}

const isOneOf = (reads: readonly string[]) => (url: URL) =>
  reads.some((method) => url.pathname.endsWith(`/${method}`));

/** Pages while they wait. */
const LOADING: readonly PictureOf[] = READS.map(({ name, path, reads }) => ({
  name: `loading-${name}`,
  url: fixture.url + path,
  text: /^Loading /,
  prepare: async (page: Page) => void (await page.route(isOneOf(reads), () => undefined)),
}));

/** Pages when what they read has failed. A stream that fails is opened again: it has no picture of its own. */
const FAILED: readonly PictureOf[] = READS.filter(({ name }) => name !== 'timeline').map(
  ({ name, path, reads }) => ({
    name: `failed-${name}`,
    url: fixture.url + path,
    text: /could not be (read|followed)|is damaged/,
    prepare: async (page: Page) =>
      void (await page.route(isOneOf(reads), (route) =>
        route.fulfill({
          status: 500,
          contentType: 'application/json',
          body: JSON.stringify({
            code: 'data_loss',
            message: 'the record of the build is damaged',
          }),
        }),
      )),
  }),
);

/** Pages on which there is nothing yet. */
const fresh = await beginBuild(empty.baton, { buildId: 'just-begun' });
const EMPTY: readonly PictureOf[] = [
  ...[
    { name: 'builds', path: 'builds', text: 'No builds yet' },
    { name: 'inbox', path: 'inbox', text: 'Nothing waits for you' },
    { name: 'projects', path: 'projects', text: 'No projects yet' },
  ].map(({ name, path, text }) => ({ name: `empty-${name}`, url: none.url + path, text })),
  ...[
    { name: 'handoffs', text: 'Nothing was handed over yet' },
    { name: 'changes', text: 'No attempt has changed files yet' },
    { name: 'evidence', text: 'Nothing was run yet' },
    { name: 'logs', text: 'No messages since this page was opened' },
    { name: 'budget', text: 'All phases' },
  ].map(({ name, text }) => ({
    name: `empty-${name}`,
    url: `${empty.url}builds/${fresh}/${name}`,
    text,
  })),
];

const FULL: readonly PictureOf[] = pages.map(({ name, path, text }) => ({
  ...{ name, url: fixture.url + path, text },
}));

try {
  for (const viewport of SIZES) {
    for (const colorScheme of THEMES) {
      const context = await openContext(browser, { viewport, colorScheme });
      for (const { name, url, text, prepare } of [...FULL, ...EMPTY, ...LOADING, ...FAILED]) {
        if (only !== undefined && !name.includes(only)) continue;
        const page = await context.newPage();
        await prepare?.(page);
        await page.goto(url);
        await page.getByText(text).first().waitFor();
        await page.getByText('Live', { exact: true }).waitFor();
        await page.waitForTimeout(REST_MS);
        const file = `${name}-${colorScheme}-${viewport.width}.png`;
        await page.screenshot({ path: join(folder, file), animations: 'disabled' });
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  removeLeftovers();
}
