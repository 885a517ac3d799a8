import { expect, it } from 'vitest';
import { startAtTerminal, TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';

it(
  'baton demo --console shows the build live, from before it begins until it is complete',
  TIMEOUT,
  async () => {
    const demo = startAtTerminal(['demo', '--console']);
    let written = '';
    demo.process.stdout?.on('data', (chunk) => {
      written += chunk;
    });
    await expect.poll(() => written).toContain('press Enter here');
    const page = await openConsolePage(/http:\S+/.exec(written)?.[0] ?? '');
    await page.getByText('No builds yet').waitFor();
    demo.process.stdin?.write('\r');

    await page.locator('.build-row a').first().click();
    // It was opened while it was performed: what follows comes without a reload.
    await page
      .getByText(/^In progress/)
      .first()
      .waitFor();
    await page.locator('.badge', { hasText: 'Complete' }).first().waitFor();
    await page.getByRole('link', { name: /^Changes/ }).click();
    await page.locator('.diff-insert').first().waitFor();
    expect(page.faults).toEqual([]);

    await expect.poll(() => written).toContain('and so is the console');
    demo.process.stdin?.write('\u0003');
    // The shell that the terminal runs was interrupted as well.
    expect((await demo.ended).code).toBe(130);
  },
);
