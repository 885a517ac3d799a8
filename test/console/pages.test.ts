import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, createConsoleFixture } from './fixture.ts';
import { beginPages } from './shown-pages.ts';

const isThere = hasBrowser('the pages of the console');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A screen, and the same at 400 % zoom. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 320, height: 256 },
] as const;

/** Resolves once what has changed is in the picture. */
const NEXT_FRAMES =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))';

const MOVES_FOR_EVER =
  'document.getAnimations().some(({ effect }) => effect.getTiming().iterations === Infinity)';

/** Bytes that the first page may take, compressed. */
const FIRST_LOAD = 200_000;

/** The files that Chromium loads for a page, until it shows what it has read. */
async function filesOf(url: string): Promise<readonly string[]> {
  const page = await openConsolePage('about:blank');
  const files = new Set<string>();
  page.on('response', (response) => {
    if (response.url().includes('/console/')) files.add(response.url());
  });
  await page.goto(url);
  await page.getByText('No builds yet').waitFor();
  return [...files];
}

/** Bytes of a file as the server sends it to a caller who takes gzip. */
function sentBytes(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, async (response) => {
      let bytes = 0;
      for await (const chunk of response) bytes += chunk.length;
      resolve(bytes);
    }).on('error', reject);
  });
}

async function setUp() {
  const fixture = await createConsoleFixture();
  return { ...fixture, pages: await beginPages(fixture) };
}

describe.runIf(isThere)('the pages of the console', TIMEOUT, () => {
  it('break no rule of axe and of their own policy, in both themes, on a screen and at 400 % zoom', async () => {
    const { url, pages } = await setUp();
    const page = await openConsolePage(url);
    const found: string[] = [];
    for (const { name, path, text } of pages) {
      await page.setViewportSize(SIZES[0]);
      await page.goto(url + path);
      await page.getByText(text).first().waitFor();
      await page.evaluate(AXE);
      // What moves for ever is drawn anew sixty times a second, on each page that is left open.
      if (await page.evaluate<boolean>(MOVES_FOR_EVER)) found.push(`${name} moves for ever`);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(NEXT_FRAMES);
          const { violations } = await page.evaluate<AxeResults>('axe.run()');
          for (const { id, nodes } of violations) {
            found.push(`${name}, ${colorScheme}, ${size.width}: ${id}: ${nodes[0]?.html}`);
          }
        }
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (wide > size.width) found.push(`${name} is ${wide} wide at ${size.width}`);
      }
    }
    expect(found).toEqual([]);
    expect(page.faults).toEqual([]);
  });

  it('have only the rows that are seen, however many builds there are', async () => {
    const { baton, url } = await createConsoleFixture();
    for (let number = 0; number < 250; number++) {
      await beginBuild(baton, { buildId: `build-${number}` });
    }
    for (const width of [1440, 390]) {
      const page = await openConsolePage(`${url}builds`, { width });
      const rows = page.locator('.build-row a');
      await page.getByText('build-249').waitFor();
      expect(await rows.count()).toBeLessThan(60);
      await page.locator('.builds').focus();
      // Each end that is reached brings the next page, down to the first build.
      await expect
        .poll(async () => {
          await page.keyboard.press('End');
          return page.getByText('build-0', { exact: true }).count();
        })
        .toBe(1);
      expect(await rows.count()).toBeLessThan(60);
    }
  });

  it('show the part of a build that is open, and whole sentences, on a phone', async () => {
    const { baton, url } = await createConsoleFixture();
    const id = await beginBuild(baton, { buildId: 'dark-mode' });
    const page = await openConsolePage(`${url}builds/${id}/budget`, { width: 390 });
    const words = page.getByText('Reserved is set aside');
    await words.waitFor();
    const seen = async (what: Locator) => {
      const box = await what.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 390;
    };
    expect(await seen(words)).toBe(true);
    await expect
      .poll(() => seen(page.getByRole('link', { name: 'Budget', exact: true })))
      .toBe(true);
  });

  it('load in at most 200 KB, under a policy that lets nothing foreign run', async () => {
    const { url } = await createConsoleFixture();
    const files = await filesOf(url);
    expect(files.filter((file) => /\.(js|css)$/.test(file))).not.toEqual([]);
    const bytes = await Promise.all(files.map(sentBytes));
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(FIRST_LOAD);
    const response = await fetch(url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const [, script = ''] = /src="(\/console\/assets\/[^"]+)"/.exec(await response.text()) ?? [];
    const asset = await fetch(new URL(script, url), { headers: { 'accept-encoding': 'gzip, br' } });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(new URL('assets/gone.js', url))).status).toBe(404);
    expect((await fetch(new URL('builds/any', url))).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });
});
