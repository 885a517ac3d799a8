import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, beginMany, createConsoleFixture } from './fixture.ts';

const isThere = hasBrowser('what the console shows before all is read');

/** The calls that a page makes from now on, by their names. */
function callsOf(page: Page): readonly string[] {
  const calls: string[] = [];
  page.on('request', (request) => {
    const [, name] = /\/baton\.v1\.\w+\/(\w+)/.exec(request.url()) ?? [];
    if (name !== undefined) calls.push(name);
  });
  return calls;
}

/** Holds the calls of a name. @returns what lets them go. */
async function hold(page: Page, call: string): Promise<() => void> {
  const released = Promise.withResolvers<void>();
  await page.route(`**/${call}*`, async (route) => {
    await released.promise;
    await route.continue();
  });
  return released.resolve;
}

const count = (calls: readonly string[], name: string) =>
  calls.filter((one) => one === name).length;

describe.runIf(isThere)('what is about to be opened', TIMEOUT, () => {
  it('is read while the pointer rests on its link, and once', async () => {
    const { baton, url } = await createConsoleFixture();
    await beginBuild(baton, { buildId: 'dark-mode' });
    await beginBuild(baton, { buildId: 'faster-search' });
    const page = await openConsolePage(`${url}builds`);
    const calls = callsOf(page);
    const link = page.getByRole('link', { name: 'dark-mode' });
    await link.waitFor();
    expect(calls).not.toContain('WatchWorkflow');
    await link.hover();
    await expect.poll(() => count(calls, 'WatchWorkflow')).toBe(1);
    await link.click();
    await page.getByText('Started in discovery').waitFor();
    expect(count(calls, 'WatchWorkflow')).toBe(1);
    await page.goBack();
    await page.getByRole('link', { name: 'faster-search' }).focus();
    await expect.poll(() => count(calls, 'WatchWorkflow')).toBe(2);
    expect(page.faults).toEqual([]);
  });

  it('is the diff of a build as well', async () => {
    const fixture = await createConsoleFixture();
    const { deciding } = await beginMany(fixture);
    const page = await openConsolePage(`${fixture.url}builds/${deciding}`);
    const calls = callsOf(page);
    const link = page.getByRole('link', { name: /^Changes/ });
    await link.getByText('1', { exact: true }).waitFor();
    // Only once all that was heard of has been listed is it known what the diff is.
    await expect
      .poll(async () => {
        await page.mouse.move(0, 0);
        await link.hover();
        await page.waitForTimeout(200);
        return calls;
      })
      .toContain('ReadArtifact');
    await link.click();
    await page.getByText('THEMES.includes(stored)').waitFor();
    expect(count(calls, 'ReadArtifact')).toBe(1);
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('the builds', TIMEOUT, () => {
  it('are shown again as they were read last, while they are read anew', async () => {
    const { baton, url } = await createConsoleFixture();
    await beginBuild(baton, { buildId: 'dark-mode' });
    const page = await openConsolePage(`${url}builds`);
    await page.getByRole('link', { name: 'dark-mode' }).click();
    await page.getByText('Started in discovery').waitFor();
    const letGo = await hold(page, 'ListWorkflows');
    await beginBuild(baton, { buildId: 'faster-search' });
    await page.getByRole('link', { name: 'Builds', exact: true }).click();
    await page.getByRole('link', { name: 'dark-mode' }).waitFor();
    expect(await page.getByRole('link', { name: 'faster-search' }).count()).toBe(0);
    letGo();
    await page.getByRole('link', { name: 'faster-search' }).waitFor();
    expect(page.faults).toEqual([]);
  });

  it('are narrowed by a longer search while its answer is on its way, and are then as it says', async () => {
    const { baton, url } = await createConsoleFixture();
    for (const buildId of ['dark-mode', 'faster-search']) await beginBuild(baton, { buildId });
    const page = await openConsolePage(`${url}builds`);
    const link = (name: string) => page.getByRole('link', { name });
    await link('dark-mode').waitFor();
    const letGo = await hold(page, 'ListWorkflows');
    await page.getByLabel(/^Search/).fill('dark');
    await link('faster-search').waitFor({ state: 'detached' });
    expect(await link('dark-mode').count()).toBe(1);
    await beginBuild(baton, { buildId: 'darker-mode' });
    letGo();
    await link('darker-mode').waitFor();
    expect(page.faults).toEqual([]);
  });
});

describe.runIf(isThere)('a long trail', TIMEOUT, () => {
  it('is not taken for whole until all of it has come', async () => {
    const { baton, url } = await createConsoleFixture();
    const workflowId = await beginBuild(baton, { buildId: 'dark-mode' });
    const back = { workflowId, targetState: 'discovery', reason: 'again '.repeat(100), by: 'ada' };
    for (let times = 0; times < 400; times++) await baton.rollback(back);
    await baton.rollback({ ...back, reason: 'for the last time' });
    const page = await openConsolePage(`${url}builds`);
    const link = page.getByRole('link', { name: 'dark-mode' });
    await link.waitFor();
    // A line over which the trail takes a while.
    const line = await page.context().newCDPSession(page);
    const carry = (bytesASecond: number) =>
      line.send('Network.emulateNetworkConditions', {
        ...{ offline: false, latency: 0, uploadThroughput: -1, downloadThroughput: bytesASecond },
      });
    await carry(20_000);
    await link.click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText(/again/).first().waitFor();
    await page.getByText('Loading later events …').waitFor();
    expect(await timeline.getByText('for the last time').count()).toBe(0);
    await carry(-1);
    await timeline.getByText('for the last time').waitFor();
    await page.getByText('Loading later events …').waitFor({ state: 'detached' });
    expect(page.faults).toEqual([]);
  });
});
