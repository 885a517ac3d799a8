import { beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { begin, eventsOf } from '../cli/workers.ts';
import { openConsolePage } from './console-page.ts';
import { type ServedBuilds, serveBuilds, waitsFor } from './serve-builds.ts';
import { standStill } from './stand-still.ts';

const isThere = hasBrowser('steering in the console');

describe.runIf(isThere)('a person who steers', TIMEOUT, () => {
  let served: ServedBuilds;
  /** It waits for its approval. */
  let workflowId: string;
  beforeAll(async () => {
    served = await serveBuilds({ implementation: 'right' });
    workflowId = await begin(served.client, 'steered');
    await waitsFor(served.client, workflowId, 'approval');
  });

  async function open(what: 'Request retry' | 'Roll back' | 'Cancel build') {
    const page = await openConsolePage(`${served.url}builds/${workflowId}`);
    await page.getByRole('button', { name: what }).click();
    const dialog = page.getByRole('dialog', { name: what });
    await dialog.getByLabel('Your name').fill('grace');
    return { page, dialog };
  }

  it('starts a build, and keeps what was typed when it is refused', async () => {
    const page = await openConsolePage(`${served.url}start?project=greeter`);
    expect(await page.getByLabel('Project').inputValue()).toBe('greeter');
    await page.getByLabel('Build', { exact: true }).fill('steered');
    await page.getByLabel('What to build').fill('Build me a greeting');
    await page.getByLabel('Your name').fill('grace');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('The build was not started').waitFor();
    expect(await page.getByLabel('What to build').inputValue()).toBe('Build me a greeting');
    await page.getByLabel('Build', { exact: true }).fill('from-the-console');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'from-the-console' }).waitFor();
    await page.getByText('Needs approval').waitFor();
    expect(page.faults).toEqual([]);
  });

  it('sends work back with feedback, for the role that does it again', async () => {
    const { page, dialog } = await open('Request retry');
    await dialog.getByLabel('Back to').selectOption('implementation');
    await dialog.getByLabel('What must be done differently').fill('greet louder');
    served.steer({ implementation: 'hang' });
    await dialog.getByRole('button', { name: 'Send back' }).click();
    await dialog.waitFor({ state: 'detached' });
    await served.hanging();
    expect(await served.client.status({ workflowId })).toMatchObject({
      ...{ state: 'implementation', epoch: 2 },
    });
    const events = await eventsOf(served.client, workflowId);
    expect(events.findLast(({ type }) => type === 'retry_requested')?.data).toMatchObject({
      ...{ target: 'implementation', reason: 'greet louder' },
    });
    await page.getByText('Sent back from handoff to releaser to implementation').first().waitFor();
    await page.getByText('greet louder').first().waitFor();
    expect(page.faults).toEqual([]);
  });

  it('sees what a rollback withdraws, and is asked again when that has changed', async () => {
    const { page, dialog } = await open('Roll back');
    await dialog.getByLabel('To the beginning of').selectOption('planning');
    for (const row of [/^Planning withdrawn 1/, /^Implementation none yet/]) {
      await dialog.getByRole('row', { name: row }).waitFor();
    }
    await dialog.getByText('Interrupts the work of').waitFor();
    await dialog.getByLabel('Reason').fill('another plan');
    const read = dialog.getByRole('checkbox', { name: /^I have read what this withdraws/ });
    await read.check();
    // The attempt under way is taken back: it would be another rollback now.
    served.steer({ implementation: 'right' });
    const { client } = served;
    const again = { targetState: 'implementation', reason: 'again', by: 'ada' };
    await client.rollback({ workflowId, ...again });
    await waitsFor(client, workflowId, 'approval');
    await dialog.getByText('The build has moved on since you read the plan').waitFor();
    expect(await read.isChecked()).toBe(false);
    const submit = dialog.getByRole('button', { name: 'Roll back to Planning' });
    expect(await submit.isDisabled()).toBe(true);
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('another plan');
    await dialog.getByRole('row', { name: /^Verification withdrawn/ }).waitFor();
    await read.check();
    await submit.click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Rolled back from handoff to releaser to planning').first().waitFor();
    expect(page.faults).toEqual([]);
  });

  it('cancels a build by the keyboard, with a reason that survives a reload', async () => {
    const { client } = served;
    await waitsFor(client, workflowId, 'approval');
    served.steer({ implementation: 'hang' });
    await client.rollback({ workflowId, targetState: 'implementation', reason: 'again' });
    await served.hanging();
    const page = await openConsolePage(`${served.url}builds/${workflowId}`);
    await page.getByRole('button', { name: 'Cancel build' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Cancel build' });
    await dialog.getByText('This interrupts the work of').waitFor();
    await dialog.getByText('A retry or a rollback takes it up again.').waitFor();
    await dialog.getByLabel('Reason').fill('not wanted any more');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Cancel build' }).press('Enter');
    await page.reload();
    await dialog.getByText('This interrupts the work of').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('not wanted any more');
    await dialog.getByLabel('Your name').fill('grace');
    await dialog.getByRole('button', { name: 'Cancel the build' }).press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Cancelled in Implementation by grace.').waitFor();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    await page.getByRole('img', { name: /Now cancelled\.$/ }).waitFor();
    expect(await page.locator('.edge-cancellation.walked').count()).toBe(1);
    await page.getByText('Cancelled in implementation', { exact: true }).waitFor();
    expect(await page.getByText('Failed').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Cancel build' }).count()).toBe(0);
    expect((await client.status({ workflowId })).failure).toMatchObject({
      ...{ code: 'cancelled', message: 'not wanted any more', by: 'grace' },
    });
    await page.goto(`${served.url}builds`);
    await page.getByRole('row', { name: /steered.*Cancelled/ }).waitFor();
    expect(page.faults).toEqual([]);
    // For the tests that follow.
    served.steer({ implementation: 'right' });
    await client.requestRetry({ workflowId, reason: 'wanted after all' });
    await waitsFor(client, workflowId, 'approval');
  });

  it('is told in the dialog when the build has ended meanwhile', async () => {
    const { page, dialog } = await open('Cancel build');
    await dialog.getByText('The approval that it waits for is not asked for any more').waitFor();
    await dialog.getByLabel('Reason').fill('too late');
    await standStill(page, 'GetWorkflowStatus');
    await served.client.cancel({ workflowId, reason: 'sooner', by: 'ada' });
    await dialog.getByRole('button', { name: 'Cancel the build' }).click();
    await dialog.getByText('The build was not cancelled').waitFor();
    await dialog.getByText('was cancelled already').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('too late');
    await served.client.requestRetry({ workflowId, reason: 'wanted after all' });
    await waitsFor(served.client, workflowId, 'approval');
  });

  it('is refused a rollback by the server where the page did not hear of a change', async () => {
    await waitsFor(served.client, workflowId, 'approval');
    const { page, dialog } = await open('Roll back');
    await dialog.getByLabel('Reason').fill('once more');
    await dialog.getByRole('checkbox').check();
    await standStill(page, 'GetWorkflowStatus');
    const { epoch } = await served.client.rollback({
      workflowId,
      targetState: 'testing',
      reason: 'again',
    });
    await waitsFor(served.client, workflowId, 'approval');
    await dialog.getByRole('button', { name: /^Roll back to/ }).click();
    await dialog.getByText('Nothing was rolled back').waitFor();
    expect(await dialog.getByLabel('Reason').inputValue()).toBe('once more');
    expect((await served.client.status({ workflowId })).epoch).toBe(epoch);
  });
});
