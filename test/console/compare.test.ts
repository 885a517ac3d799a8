import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { begin } from '../cli/workers.ts';
import { openConsolePage, tabTo } from './console-page.ts';
import { type ServedBuilds, serveBuilds, waitsFor } from './serve-builds.ts';

const isThere = hasBrowser('comparisons in the console');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const verses = (changed: Readonly<Record<number, string>>) =>
  Array.from({ length: 30 }, (_, at) => `${changed[at + 1] ?? `verse ${at + 1}`}\n`).join('');

/** What the attempts make of the same file, and of others beside it. */
const FIRST = { 'song.txt': verses({ 3: 'third', 20: 'twentieth' }), 'a name.txt': 'one\ntwo\n' };
const SECOND = { 'song.txt': verses({ 3: 'third', 20: 'verse 20', 25: '' }), 'a name.txt': null };
const THIRD = { 'song.txt': verses({ 1: 'new', 20: 'twentieth' }), 'last.txt': 'no newline' };

describe.runIf(isThere)('the checkpoints of a build', TIMEOUT, () => {
  let served: ServedBuilds;
  let workflowId: string;
  /** Commits by the name that the console has for their checkpoint. */
  const commits: Record<string, string> = {};
  beforeAll(async () => {
    served = await serveBuilds();
    const { git, repo, client } = served;
    writeFileSync(join(repo, 'song.txt'), verses({}));
    git('add', '.');
    git('commit', '--quiet', '--message', 'Sing');
    commits['Start'] = git('rev-parse', 'HEAD').trim();
    const write = (files: object) =>
      served.steer({ implementation: `write ${JSON.stringify(files)}` });
    const reached = async (name: string) => {
      await waitsFor(client, workflowId, 'approval');
      commits[name] = (await client.status({ workflowId })).checkpoint?.commit ?? '';
    };
    write(FIRST);
    workflowId = await begin(client, 'song');
    await reached('After implementation, epoch 1');
    // It goes on with what the first attempt made, and then back to it.
    write(SECOND);
    const sentBack = { approved: false, targetState: 'implementation', reason: 'shorter' };
    await client.decideApproval({ workflowId, ...sentBack, by: 'grace' });
    await reached('After implementation, epoch 2');
    write(THIRD);
    await client.rollback({ workflowId, targetState: 'implementation', reason: 'sing', by: 'ada' });
    await reached('After implementation, epoch 3');
  });

  /** The lines that git finds between two checkpoints, with the files that they are of. */
  const byGit = (from: string, to: string) =>
    served
      .git('diff', '--no-renames', commits[from] ?? '', commits[to] ?? '')
      .split('\n')
      .flatMap((line) => {
        const [, path] = /^diff --git a\/.* b\/(.*)$/.exec(line) ?? [];
        if (path !== undefined) return [path];
        return /^[ +-]/.test(line) && !/^(---|\+\+\+) /.test(line) ? [line] : [];
      });

  /** The same, as the page shows it once it has read all of it. */
  async function byConsole(page: Page): Promise<readonly string[]> {
    await page.locator('.diff-sum').filter({ hasNotText: 'so far' }).waitFor();
    await page.locator('.diff-line').first().waitFor();
    return page.evaluate<string[]>(SHOWN_LINES);
  }

  async function choose(page: Page, label: 'From' | 'To', name: string): Promise<void> {
    const select = page.getByLabel(label, { exact: true });
    const option = select.locator('option').filter({ hasText: name }).first();
    await select.selectOption((await option.getAttribute('value')) ?? name);
  }

  it('are compared as git compares their trees: the whole build at first, then any two of them', async () => {
    const page = await openConsolePage(`${served.url}builds/${workflowId}/changes`);
    const latest = 'After implementation, epoch 3';
    expect(await byConsole(page)).toEqual(byGit('Start', latest));
    const pairs = [
      ['After implementation, epoch 1', 'After implementation, epoch 2'],
      ['After implementation, epoch 2', latest],
      [latest, 'After implementation, epoch 2'],
      [latest, 'Start'],
      ['Start', 'After implementation, epoch 2'],
    ] as const;
    for (const [from, to] of pairs) {
      await choose(page, 'From', from);
      await choose(page, 'To', to);
      await expect.poll(() => byConsole(page)).toEqual(byGit(from, to));
    }
    // The address alone brings the same comparison.
    const again = await openConsolePage(page.url());
    expect(await byConsole(again)).toEqual(byGit(...(pairs[4] as [string, string])));
    expect([...page.faults, ...again.faults]).toEqual([]);
  });

  it('say which was withdrawn, which are the same, and lead to the diff of each attempt', async () => {
    const page = await openConsolePage(`${served.url}builds/${workflowId}/changes`);
    const to = page.getByLabel('To', { exact: true });
    await to.waitFor();
    const options = await to.locator('option').allTextContents();
    const withdrawn = options.filter((words) => words.endsWith('withdrawn'));
    expect(withdrawn.some((words) => words.startsWith('After implementation, epoch 2'))).toBe(true);
    expect(withdrawn.some((words) => /epoch [13]/.test(words))).toBe(false);
    await choose(page, 'From', 'After testing, epoch 3');
    await page.getByText('Both checkpoints have the same files').waitFor();
    const attempts = page.getByRole('navigation', { name: 'Changes by attempt' });
    await attempts.getByRole('button', { name: /epoch 2/ }).click();
    const second = ['After implementation, epoch 1', 'After implementation, epoch 2'] as const;
    await page.getByText('Superseded: rolled back').waitFor();
    expect(await byConsole(page)).toEqual(byGit(...second));
    expect(new URL(page.url()).search).toMatch(/^\?artifact=\d+$/);
    expect(await to.locator('option:checked').textContent()).toContain(second[1]);
    await attempts.getByRole('button', { name: 'Whole build' }).click();
    await expect
      .poll(() => byConsole(page))
      .toEqual(byGit('Start', 'After implementation, epoch 3'));
    expect(page.faults).toEqual([]);
  });

  it('are compared beside an approval, from the start to the tree that it is about', async () => {
    const page = await openConsolePage(`${served.url}inbox/${workflowId}`);
    expect(await byConsole(page)).toEqual(byGit('Start', 'After implementation, epoch 3'));
    const { checkpoint } = await served.client.status({ workflowId });
    const words = `from its start to tree ${checkpoint?.digest.slice(0, 10)}`;
    await page.getByText(words).waitFor();
    await page.getByRole('link', { name: 'Compare other checkpoints' }).click();
    await page.getByLabel('From', { exact: true }).waitFor();
    expect(page.faults).toEqual([]);
  });

  it('are compared by keyboard alone on a phone, in both themes, and axe finds nothing', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const page = await openConsolePage(`${served.url}builds/${workflowId}/changes`, {
        ...{ width: 390, height: 800, theme },
      });
      await byConsole(page);
      await tabTo(page, 'From');
      await page.keyboard.press('End');
      await page.getByText('Both checkpoints have the same files').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Home');
      await expect
        .poll(() => byConsole(page))
        .toEqual(byGit('After implementation, epoch 3', 'Start'));
      await page.evaluate(AXE);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(390);
      expect(page.faults).toEqual([]);
    }
  });

  it('that an address names and the build does not have are said to be missing', async () => {
    const address = `${served.url}builds/${workflowId}/changes?from=start&to=9999`;
    const page = await openConsolePage(address);
    await page.getByText('The address names a checkpoint that this build does not have').waitFor();
    await choose(page, 'To', 'After implementation, epoch 1');
    expect(await byConsole(page)).toEqual(byGit('Start', 'After implementation, epoch 1'));
  });
});

/** Blocks of rows are placed by their offset, in any order. Runs in the page. */
const SHOWN_LINES = `[...document.querySelectorAll('.row-block')]
  .map((block) => [Number(/translateY\\(([\\d.]+)px\\)/.exec(block.style.transform)[1]), block])
  .sort(([one], [other]) => one - other)
  .flatMap(([, block]) => [...block.children])
  .flatMap((row) => {
    if (row.className === 'diff-header') return [row.childNodes[0].textContent.trim()];
    if (!row.classList.contains('diff-line')) return [];
    const sign = row.querySelector('.diff-sign').textContent.replace('−', '-') || ' ';
    return [sign + row.querySelector('.line-text').textContent];
  })`;
