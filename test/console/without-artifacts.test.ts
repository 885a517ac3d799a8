import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';
import { beginMany, createConsoleFixture } from './fixture.ts';

const isThere = hasBrowser('the console of a server that keeps no artifacts');

describe.runIf(isThere)('a server without a store of artifacts', TIMEOUT, () => {
  it('says so where changes, outputs and logs would be, and beside an approval', async () => {
    const fixture = await createConsoleFixture(() => ({ artifacts: undefined }));
    const { deciding, asking } = await beginMany(fixture);
    const page = await openConsolePage(`${fixture.url}builds/${deciding}/changes`);
    await page.getByText('This server keeps no changes').waitFor();
    await page.getByText('ARTIFACTS_URL').waitFor();
    const tabs = page.getByRole('navigation', { name: 'Parts of this build' });
    expect(await tabs.getByRole('link').allTextContents()).toEqual([
      ...['Timeline', expect.stringMatching(/^Handoffs\d+$/), 'Changes', 'Evidence', 'Logs'],
      'Budget',
    ]);
    await page.goto(`${fixture.url}builds/${deciding}/evidence`);
    // Outputs of roles have what was run.
    await page.getByText('npm run verify').waitFor();
    await page.getByText('What it printed was not kept').waitFor();
    await page.goto(`${fixture.url}builds/${asking}/evidence`);
    await page.getByText('This server keeps no outputs of commands').waitFor();
    await page.goto(`${fixture.url}builds/${deciding}/logs`);
    await page.getByText('This server keeps no logs').waitFor();
    await page.goto(`${fixture.url}inbox/${deciding}`);
    await page.getByText('This server keeps no changes or outputs of commands').waitFor();
    expect(page.faults).toEqual([]);
  });
});
