import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import { describe, expect, it } from 'vitest';
import { builtConsole } from '../../scripts/console.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { hasBrowser } from '../client/browser.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, createConsoleFixture } from './fixture.ts';
import { beginPages } from './shown-pages.ts';

const isThere = hasBrowser('the pages of the console');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Bytes that the first page may take, compressed. */
const FIRST_LOAD = 200 * 1024;

/** What the first page loads: the page, and what it names. */
async function firstLoad(url: string): Promise<number> {
  const page = await (await fetch(url)).text();
  const named = [...page.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path]) => path);
  const bodies = await Promise.all(
    named.map(async (path) => (await fetch(new URL(path ?? '', url))).bytes()),
  );
  return [Buffer.from(page), ...bodies].reduce((sum, body) => sum + gzipSync(body).length, 0);
}

async function setUp() {
  builtConsole();
  const fixture = await createConsoleFixture();
  return { ...fixture, pages: await beginPages(fixture) };
}

describe.runIf(isThere)('the pages of the console', TIMEOUT, () => {
  it('break no rule of axe and of their own policy, light and wide or dark and narrow', async () => {
    const { url, pages } = await setUp();
    const found: string[] = [];
    for (const [theme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      const page = await openConsolePage(url, { theme, width });
      for (const { name, path, text } of pages) {
        await page.goto(url + path);
        await page.getByText(text).first().waitFor();
        await page.evaluate(AXE);
        const { violations } = await page.evaluate<AxeResults>('axe.run()');
        found.push(
          ...violations.map(
            ({ id, nodes }) => `${name}, ${theme}, ${width}: ${id}: ${nodes[0]?.html}`,
          ),
        );
      }
      found.push(...page.faults);
    }
    expect(found).toEqual([]);
  });

  it('are as wide as a phone, and as a screen at 400 % zoom', async () => {
    const { url, pages } = await setUp();
    const found: string[] = [];
    for (const width of [390, 360]) {
      const page = await openConsolePage(url, { width, height: 225 * 3 });
      for (const { name, path, text } of pages) {
        await page.goto(url + path);
        await page.getByText(text).first().waitFor();
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        if (wide > width) found.push(`${name} is ${wide} wide at ${width}`);
      }
    }
    expect(found).toEqual([]);
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

  it('load in at most 200 KiB, under a policy that lets nothing foreign run', async () => {
    builtConsole();
    const { url } = await createConsoleFixture();
    expect(await firstLoad(url)).toBeLessThan(FIRST_LOAD);
    const response = await fetch(url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const [, script = ''] = /src="(\/console\/assets\/[^"]+)"/.exec(await response.text()) ?? [];
    const asset = await fetch(new URL(script, url));
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await fetch(new URL('assets/gone.js', url))).status).toBe(404);
    expect((await fetch(new URL('builds/any', url))).status).toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });
});
