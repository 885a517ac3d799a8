import { expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { type ConsolePage, openConsolePage, tabTo } from './console-page.ts';
import { serveBuilds } from './serve-builds.ts';

const isThere = hasBrowser('journeys through the console');

async function typeInto(page: ConsolePage, field: string, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

it.runIf(isThere)(
  'starts, follows, answers, looks at a failing test, rolls back and approves a build by keyboard alone',
  TIMEOUT,
  async () => {
    const { url } = await serveBuilds({ discovery: 'ask' });
    const page = await openConsolePage(url);

    await tabTo(page, 'Start a build');
    await page.keyboard.press('Enter');
    await typeInto(page, 'Project', 'greeter');
    await typeInto(page, 'Build', 'greeting-1');
    await typeInto(page, 'What to build', 'Build me a greeting');
    await typeInto(page, 'Your name', 'grace');
    await tabTo(page, 'Start');
    await page.keyboard.press('Enter');
    await page.getByText('Needs answers').waitFor();

    // The question waits in the inbox, and what is typed there survives a reload.
    await tabTo(page, 'Answer');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Which word?' }).waitFor();
    await tabTo(page, 'hello');
    await page.keyboard.press('Space');
    await tabTo(page, 'Answer');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Which word?' }).waitFor({ state: 'hidden' });
    await typeInto(page, 'Answer', 'for every visitor');
    await page.reload();
    await page.getByRole('heading', { name: 'For whom?' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Answer' }).inputValue()).toBe(
      'for every visitor',
    );
    await tabTo(page, 'Your name');
    await tabTo(page, 'Answer');
    await page.keyboard.press('Enter');

    // It goes on by itself up to the approval: a test fails on the way, and the work is sent back once.
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await tabTo(page, 'greeting-1');
    await page.keyboard.press('Enter');
    await page.getByText('Sent back from testing to implementation').first().waitFor();
    await tabTo(page, /^Evidence/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^test.*Testing, epoch 1.*stale$/);
    await page.keyboard.press('Enter');
    await page.getByText('Superseded: sent back from testing to implementation').waitFor();
    await page.getByText('not ok').first().waitFor();

    // A rollback shows what it withdraws, and takes that it was read.
    await page.keyboard.press('Home');
    await page.getByRole('main').focus();
    await tabTo(page, 'Roll back');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Roll back' });
    await dialog.getByRole('row', { name: /^Verification withdrawn/ }).waitFor();
    const submit = dialog.getByRole('button', { name: 'Roll back to Verification' });
    expect(await submit.isDisabled()).toBe(true);
    await typeInto(page, 'Reason', 'look again');
    await tabTo(page, /^I have read what this withdraws/);
    await page.keyboard.press('Space');
    await tabTo(page, 'Roll back to Verification');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Needs approval').waitFor();

    await tabTo(page, 'Decide');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await typeInto(page, 'Reason', 'it greets');
    await tabTo(page, 'Approve');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits in this build any more').waitFor();
    await tabTo(page, 'greeting-1');
    await page.keyboard.press('Enter');
    await page.getByText('Complete').first().waitFor();
    await page.getByText('Handoff to releaser → deployment approved').waitFor();
    expect(page.faults).toEqual([]);
  },
);
