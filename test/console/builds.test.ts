import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { begin } from '../cli/workers.ts';
import { openConsolePage } from './console-page.ts';
import { type ServedBuilds, serveBuilds, waitsFor } from './serve-builds.ts';

const isThere = hasBrowser('builds in the console');

describe.runIf(isThere)('the builds that are performed', TIMEOUT, () => {
  let served: ServedBuilds;
  /** One that was sent back once, and waits for its approval. */
  let sentBack: string;
  let build: string;
  beforeAll(async () => {
    served = await serveBuilds();
    sentBack = await begin(served.client, 'sent-back');
    await waitsFor(served.client, sentBack, 'approval');
    build = `${served.url}builds/${sentBack}`;
  });

  /** Lets roles go on that were told to be slow. */
  async function goOn(): Promise<() => void> {
    const go = join(served.folder, 'go');
    await served.hanging();
    return () => writeFileSync(go, '');
  }

  it('are listed the newest first, and their rows follow what happens', async () => {
    served.steer({ planning: 'slow', implementation: 'right' });
    const id = await begin(served.client, 'newest');
    const letGo = await goOn();
    const page = await openConsolePage(served.url);
    const row = page.getByRole('row', { name: /^newest/ });
    await row.getByText('Planning').waitFor();
    const rows = page.getByRole('row').filter({ has: page.getByRole('cell') });
    expect(await rows.first().textContent()).toContain('newest');
    expect(await rows.nth(1).textContent()).toContain('Needs approval');
    letGo();
    await row.getByText('Needs approval').waitFor();
    await served.client.decideApproval({ workflowId: id, approved: true, by: 'grace' });
    await row.getByText('Complete').waitFor();
    expect(await row.textContent()).toContain('100 %');
    rmSync(join(served.folder, 'go'));
    served.steer({});
    expect(page.faults).toEqual([]);
  });

  it('are filtered and searched by what the address says', async () => {
    const page = await openConsolePage(served.url);
    const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });
    await row('sent-back').waitFor();
    await page.getByLabel('State').selectOption('complete');
    await row('sent-back').waitFor({ state: 'detached' });
    await row('newest').waitFor();
    expect(new URL(page.url()).searchParams.get('state')).toBe('complete');
    await page.getByLabel('State').selectOption('Needs approval');
    await row('sent-back').waitFor();
    await row('newest').waitFor({ state: 'detached' });
    await page.goBack();
    await row('newest').waitFor();
    await page.goBack();
    await row('sent-back').waitFor();
    await page.getByLabel(/^Search/).fill('sent');
    await row('newest').waitFor({ state: 'detached' });
    await expect.poll(() => new URL(page.url()).searchParams.get('search')).toBe('sent');
    await page.getByLabel('Project').fill('elsewhere');
    await page.getByText('No build matches').waitFor();

    // The address alone brings the same list.
    const again = await openConsolePage(`${served.url}builds?search=sent&role=release_manager`);
    await again.getByRole('row', { name: /^sent-back/ }).waitFor();
    expect(await again.getByRole('row', { name: /^newest/ }).count()).toBe(0);
    expect(await again.getByLabel(/^Search/).inputValue()).toBe('sent');
    expect(await again.getByLabel('Role to act').inputValue()).toBe('release_manager');
    expect([...page.faults, ...again.faults]).toEqual([]);
  });

  it('show the way that was walked, and each attempt with what came of it', async () => {
    const page = await openConsolePage(build);
    const graph = page.getByRole('img', { name: /^Graph of the 12 states/ });
    await graph.waitFor();
    const labelled = () => graph.getAttribute('aria-label');
    // The trail may come in pieces.
    await expect.poll(labelled).toContain('Implementation (2 times)');
    const label = (await labelled()) ?? '';
    expect(label).toContain('Testing (2 times)');
    expect(label).toContain('Now in Handoff to releaser');
    expect(await graph.textContent()).toContain('×1');
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Sent back from testing to implementation').first().waitFor();
    await timeline.getByText('withdrawn: Sent back from testing').first().waitFor();
    const attempt = timeline.getByRole('listitem').filter({ hasText: 'Verification by' });
    await attempt.getByText(/gates passed:.*Approved/i).waitFor();
    expect(page.faults).toEqual([]);
  });

  it.each([
    ['Implementation, epoch 1, attempt 1: Changes', 'changes', /^Implementation.*epoch 1/],
    ['Testing, epoch 2, attempt 1: Evidence', 'evidence', /Testing, epoch 2/],
  ])('lead from an attempt to what it kept: %s', async (name, tab, chosen) => {
    const page = await openConsolePage(build);
    await page.getByRole('link', { name, exact: true }).click();
    const current = page.locator('.artifacts [aria-current="true"]');
    await current.filter({ hasText: chosen }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(new RegExp(`/${tab}$`));
    expect(page.faults).toEqual([]);
  });

  it('show each handoff with what it passed on', async () => {
    const page = await openConsolePage(`${build}/handoffs`);
    const planned = page.getByRole('listitem').filter({ hasText: 'Planning → Handoff to coder' });
    await planned.getByText('Q assistant → Code writer').click();
    await planned.getByText('run check.mjs').waitFor();
    await planned.getByText('Testing strategy').waitFor();
  });

  it('show what they changed as a whole, and what each attempt changed', async () => {
    const page = await openConsolePage(`${build}/changes`);
    const choices = page
      .getByRole('navigation', { name: 'Changes by attempt' })
      .getByRole('button');
    await choices.first().waitFor();
    expect(await choices.count()).toBe(3);
    const diff = page.getByRole('region', { name: /^Diff/ });
    await diff.getByText('+hello').waitFor();
    // What an attempt wrote and a later one took out again is not in the whole.
    expect(await diff.getByText('goodbye').count()).toBe(0);
    await choices.nth(1).click();
    await diff.getByText('−goodbye').waitFor();
    await choices.last().click();
    await diff.getByText('+goodbye').waitFor();
    expect(await page.getByText('Superseded').count()).toBe(0);
    // What is looked at is in the address.
    await page.reload();
    await page.getByRole('region', { name: /^Diff/ }).getByText('+goodbye').waitFor();
    expect(page.faults).toEqual([]);
  });

  it('show what a failing test printed, on what tree it ran, and why it counts no more', async () => {
    const page = await openConsolePage(`${build}/evidence`);
    const list = page.getByRole('navigation', { name: 'Evidence by attempt' });
    await list
      .getByRole('button', { name: /^test.*epoch 1.*stale$/ })
      .first()
      .click();
    await page.getByText('not ok: found goodbye').waitFor();
    await page.getByText('Superseded: sent back from testing').waitFor();
    // The work was sent back, so no output carries how the run ended.
    const exitCode = page.getByText('Exit code').locator('xpath=following-sibling::dd');
    await expect.poll(() => exitCode.textContent()).toBe('1');
    await list
      .getByRole('button', { name: /^test.*epoch 2/ })
      .first()
      .click();
    await page.getByText(/^ok$/).waitFor();
    await page.getByText('Exit code').waitFor();
    expect(await page.getByText('Superseded').count()).toBe(0);
    expect(page.faults).toEqual([]);
  });

  it('are followed live in their logs', async () => {
    served.steer({ planning: 'slow', implementation: 'right' });
    const id = await begin(served.client, 'followed');
    const letGo = await goOn();
    const page = await openConsolePage(`${served.url}builds/${id}/logs`);
    await page.getByText('No messages since this page was opened').waitFor();
    letGo();
    await page
      .getByRole('region', { name: 'What roles say now' })
      .getByText('working on implementation')
      .waitFor();
    await page.getByText('following').waitFor();
    const logs = page.getByRole('navigation', { name: 'Logs by attempt' });
    await logs.getByRole('button', { name: /^test/ }).click();
    await page.getByRole('region', { name: /^Log/ }).getByText(/^ok$/).waitFor();
    await page.getByRole('button', { name: 'Follow' }).click();
    await page.getByText('following').waitFor();
    rmSync(join(served.folder, 'go'));
    served.steer({});
    expect(page.faults).toEqual([]);
  });

  it('are told of by a link that leads nowhere', async () => {
    const page = await openConsolePage(`${served.url}builds/wf_none`);
    await page.getByText('The build could not be read').waitFor();
    const other = await openConsolePage(`${served.url}nothing/here`);
    await other.getByText('There is no page at /console/nothing/here').waitFor();
    await other.getByRole('link', { name: 'See all builds' }).click();
    await other.getByRole('heading', { name: 'Builds' }).waitFor();
  });
});
