// How soon the console shows what a person asks for, with 10,000 builds, a build of 10,000 events and a diff of 5 MB.
import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium, type Locator, type Page } from 'playwright-core';
import { percentile } from './compare.ts';
import { FAILED_OF, LONG_BUILD, nameOf, serveMany } from './console-server.ts';
import { addStopwatch, timed } from './stopwatch.ts';

const { values } = parseArgs({
  options: {
    builds: { type: 'string', default: '10000' },
    events: { type: 'string', default: '10000' },
    megabytes: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '30' },
    scene: { type: 'string' },
  },
});
const builds = Number(values.builds);
const rounds = Number(values.rounds);
/** What an interaction may take at p95, in milliseconds. */
const BOUND_MS = 100;

execFileSync(process.execPath, ['../scripts/console.ts'], { cwd: import.meta.dirname });
const { url, longId, stop } = await serveMany({
  ...{ builds, events: Number(values.events), megabytes: Number(values.megabytes) },
});
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

/** Less than people take between pointing and pressing. */
const REST_MS = 150;
/** In which a long trail is read to its end, on a page that has shown its first events. */
const SETTLE_MS = 3_000;

/** What is asked for once a round; each of its measures is a row of what is printed. */
interface Scene {
  readonly path: string;
  /** A selector of what is there once the page is whole. */
  readonly ready: string;
  /** Whether each round begins with a page that has read nothing but what `ready` shows. */
  readonly isCold?: boolean;
  /** Whether a long trail is read to its end before each round begins. */
  readonly isSettled?: boolean;
  act(page: Page, round: number, measure: Measure): Promise<void>;
}

/** Makes an input and takes the time until the page `shows` what came of it. */
type Measure = (name: string, shows: string, input: () => Promise<unknown>) => Promise<void>;

const some = (selector: string) => `document.querySelector(${JSON.stringify(selector)})`;
const has = (selector: string, text: string) =>
  `${some(selector)}?.textContent.includes(${JSON.stringify(text)})`;
const FIRST_ROW = '.builds tbody .build-row';
const FAILED_ROWS = `(() => {
  const badges = [...document.querySelectorAll('.builds tbody .badge')];
  return badges.length > 0 && badges.every((one) => one.textContent === 'Failed');
})()`;

/** Whether what lies in the middle of a frame, and is no gap, belongs to `selector` and is other than before. */
const moved = (frame: string, selector: string, before: string | null) => `(() => {
  const { x, y, width, height } = ${some(frame)}.getBoundingClientRect();
  const found = document.elementFromPoint(x + width / 2, y + height / 2)?.closest(${JSON.stringify(selector)});
  return found && found.style.transform !== ${JSON.stringify(before)};
})()`;
const middleOf = (frame: string, selector: string) => `(() => {
  const { x, y, width, height } = ${some(frame)}.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2)?.closest(${JSON.stringify(selector)})?.style.transform ?? null;
})()`;

async function scroll(
  page: Page,
  frame: string,
  selector: string,
  by: number,
  measure: Measure,
  name: string,
) {
  await page.locator(frame).hover();
  const before = await page.evaluate<string | null>(middleOf(frame, selector));
  await measure(name, moved(frame, selector, before), () => page.mouse.wheel(0, by));
}

/** A person's pointer rests on what it is about to press. */
async function restOn(link: Locator): Promise<void> {
  await link.hover();
  await setTimeout(REST_MS);
}

const SCENES: readonly Scene[] = [
  {
    path: 'builds',
    ready: FIRST_ROW,
    async act(page, round, measure) {
      const state = page.getByLabel('State');
      const newest = has(FIRST_ROW, LONG_BUILD);
      await measure('filter the list', FAILED_ROWS, () => state.selectOption('error'));
      await measure('filter the list', newest, () => state.selectOption(''));

      const search = page.getByLabel('Search by build or user');
      // The last digit leaves one build of ten; without it there are ten again.
      const number = (round * 37 * FAILED_OF) % builds;
      await search.fill(nameOf(number).slice(0, -1));
      await page.getByText('10 found').waitFor();
      const only = `document.querySelectorAll('${FIRST_ROW}').length === 1`;
      const many = `document.querySelectorAll('${FIRST_ROW}').length === 10`;
      await measure('search the list', only, () => search.press('0'));
      await measure('search the list', many, () => search.press('Backspace'));
      await search.fill('');
      await page.waitForFunction(newest);

      for (const by of [1_500, 1_500, -1_500, -1_500]) {
        await scroll(page, '.builds', '.build-row', by, measure, 'scroll the list');
      }
      const link = page.locator(`${FIRST_ROW} a`).nth(1 + (round % 8));
      const name = await link.textContent();
      const opened = `${has('h1', name ?? '')} && ${some('.entry')}`;
      await restOn(link);
      await measure('open a build', opened, () => link.click());
      await measure('go back to the list', newest, () =>
        page.getByRole('link', { name: 'Builds' }).click(),
      );
    },
  },
  {
    path: 'builds?search=long-build',
    ready: FIRST_ROW,
    isCold: true,
    async act(page, _round, measure) {
      const opened = `${has('h1', LONG_BUILD)} && ${some('.entry')}`;
      const link = page.locator(`${FIRST_ROW} a`);
      await restOn(link);
      await measure('open the long build', opened, () => link.click());
    },
  },
  {
    path: `builds/${longId}`,
    ready: '.entry',
    async act(page, _round, measure) {
      for (const by of [3_000, 3_000, -3_000, -3_000]) {
        await scroll(page, '.timeline', '.entry', by, measure, 'scroll the timeline');
      }
    },
  },
  {
    path: `builds/${longId}/budget`,
    ready: 'table.data',
    isCold: true,
    isSettled: true,
    async act(page, _round, measure) {
      const changes = page.getByRole('link', { name: /^Changes/ });
      await page.getByRole('link', { name: /^Changes.*1$/ }).waitFor();
      await restOn(changes);
      await measure('open the diff', some('.diff-line'), () => changes.click());
    },
  },
  {
    path: `builds/${longId}/changes`,
    ready: '.diff-line',
    async act(page, round, measure) {
      const file = page.locator('.diff-file').nth(5 + ((round * 7) % 20));
      const path = (await file.getAttribute('title')) ?? '';
      const shown = `[...document.querySelectorAll('.diff-header')].some((one) => one.textContent.includes(${JSON.stringify(path)}))`;
      await file.scrollIntoViewIfNeeded();
      await measure('open a file of the diff', shown, () => file.click());
      for (const by of [2_000, -1_000]) {
        await scroll(page, '.diff-rows', '.diff-rows [style]', by, measure, 'scroll the diff');
      }
      await page.locator('.diff-rows').evaluate('(frame) => frame.scrollTo(0, 0)');
    },
  },
];

const taken = new Map<string, number[]>();
try {
  for (const scene of SCENES) {
    if (values.scene === undefined || scene.path.includes(values.scene)) await perform(scene);
  }
  print();
} finally {
  await browser.close();
  await stop();
}

async function perform({
  path,
  ready,
  isCold = false,
  isSettled = false,
  act,
}: Scene): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 900 },
    bypassCSP: true,
  });
  await addStopwatch(page);
  const open = async () => {
    await page.goto(url + path);
    await page.locator(ready).first().waitFor();
  };
  await open();
  await setTimeout(SETTLE_MS);
  // The first round warms up the server and the page, and does not count.
  for (let round = 0; round <= rounds; round++) {
    if (isCold) await open();
    if (isSettled) await setTimeout(SETTLE_MS);
    await act(page, round, async (name, shows, input) => {
      const ms = await timed(page, shows, input);
      if (round > 0) taken.set(name, [...(taken.get(name) ?? []), ms]);
    });
  }
  await page.close();
}

function print(): void {
  const load = loadavg()[0]?.toFixed(1);
  console.log(`milliseconds from an input to the picture that shows its result`);
  console.log(`a pointer rests on a link for ${REST_MS} ms before it presses it`);
  console.log(`Chromium ${browser.version()}, load ${load}, at most ${BOUND_MS} at p95`);
  console.log(`${''.padEnd(26)}${['number', 'p50', 'p95', 'max'].map(cell).join('')}`);
  for (const [name, all] of taken) {
    const figures = [0.5, 0.95, 1].map((share) => percentile(all, share));
    const isLate = (figures[1] ?? 0) > BOUND_MS;
    const row = [all.length, ...figures.map((one) => one.toFixed(0))].map(cell).join('');
    console.log(`${name.padEnd(26)}${row}${isLate ? '  too late' : ''}`);
    if (isLate) process.exitCode = 1;
  }
}

function cell(value: string | number): string {
  return String(value).padStart(8);
}
