import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../packages/adapters/src/testing/until.ts';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { begin, eventsOf } from '../cli/workers.ts';
import { openConsolePage } from './console-page.ts';
import { DAMAGED, DAMAGED_STREAM } from './damaged.ts';
import { type ServedBuilds, serveBuilds, waitsFor } from './serve-builds.ts';
import { standStill } from './stand-still.ts';

const isThere = hasBrowser('decisions in the console');

describe.runIf(isThere)('a person in the inbox', TIMEOUT, () => {
  let served: ServedBuilds;
  beforeAll(async () => {
    served = await serveBuilds();
  });

  /** A build that waits for its approval, seen in the inbox by one who has typed a reason. */
  async function waiting(buildId: string) {
    served.steer({ implementation: 'right' });
    const { client, url } = served;
    const workflowId = await begin(client, buildId);
    await waitsFor(client, workflowId, 'approval');
    const page = await openConsolePage(`${url}inbox/${workflowId}`);
    const reason = page.getByLabel('Reason');
    await reason.fill('it greets');
    await page.getByLabel('Your name').fill('grace');
    await page.getByRole('region', { name: /^Diff/ }).getByText('+hello').waitFor();
    return { workflowId, page, reason };
  }

  /** The same move again, of another tree. */
  async function moveOn(workflowId: string) {
    served.steer({ implementation: 'sign' });
    const before = await served.client.status({ workflowId });
    await served.client.rollback({ workflowId, targetState: 'implementation', reason: 'sign it' });
    await waitsFor(served.client, workflowId, 'approval');
    const after = await served.client.status({ workflowId });
    expect(after.checkpoint?.digest).not.toBe(before.checkpoint?.digest);
  }

  /** What the audit trail has of the decision. */
  async function trail(workflowId: string) {
    const events = await eventsOf(served.client, workflowId);
    return events.findLast(({ type }) => type === 'approval_decided')?.data;
  }

  it('answers a question, which is then open no more', async () => {
    served.steer({ discovery: 'ask', implementation: 'right' });
    const workflowId = await begin(served.client, 'asking');
    await waitsFor(served.client, workflowId, 'answers');
    const page = await openConsolePage(`${served.url}inbox`);
    await page.getByRole('link', { name: /Inbox.*waiting/ }).waitFor();
    await page.getByRole('link', { name: /^asking.*question/ }).click();
    const which = page.getByRole('form', { name: 'Which word?' });
    await which.getByRole('radio', { name: 'hello' }).check();
    await which.getByLabel('Your name').fill('grace');
    await which.getByRole('button', { name: 'Answer' }).click();
    await which.waitFor({ state: 'detached' });
    const whom = page.getByRole('form', { name: 'For whom?' });
    await whom.getByRole('textbox', { name: 'Answer' }).fill('all');
    await whom.getByRole('button', { name: 'Answer' }).click();
    await waitsFor(served.client, workflowId, 'approval');
    expect(served.lines('answers.log')).toEqual(['hello (grace), all (grace)']);
    expect(page.faults).toEqual([]);
  });

  it('approves what was looked at, beside its diff and its evidence', async () => {
    const { workflowId, page } = await waiting('approved');
    const sent = page.waitForRequest(/DecideApproval$/);
    await page.getByRole('button', { name: 'Approve' }).click();
    const { checkpoint } = await served.client.status({ workflowId });
    expect((await sent).postData()).toContain(checkpoint?.digest);
    await page.getByText('Nothing waits in this build any more').waitFor();
    await expect
      .poll(async () => (await served.client.status({ workflowId })).state)
      .toBe('complete');
    expect(page.faults).toEqual([]);
  });

  it('is told that the tree has moved on, and decides on nothing that was not looked at', async () => {
    const { workflowId, page, reason } = await waiting('moved-on');
    await moveOn(workflowId);
    await page.getByText('The build has moved on since you began to look').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    expect(await reason.inputValue()).toBe('it greets');
    await page.getByRole('button', { name: 'Look at it as it is now' }).click();
    await page.getByRole('button', { name: 'Reject' }).click();
    await expect
      .poll(async () => trail(workflowId))
      .toMatchObject({
        ...{ approved: false, reason: 'it greets' },
      });
    expect(page.faults).toEqual([]);
  });

  it.each([
    ['the list of changes', /\/ListArtifacts/, DAMAGED, 'The changes and the evidence could not'],
    ['records of runs', /\/ReadArtifact/, DAMAGED_STREAM, 'Some records of what was run could'],
    ['the handoffs', /\/GetWorkflowHistory/, DAMAGED, 'The handoffs could not be read'],
    ['the output', /\/GetWorkflow(?=$|\?)/, DAMAGED, 'The output could not be read'],
  ])('approves nothing without %s, unless a person says so', async (what, asked, answer, words) => {
    const { workflowId, page } = await waiting(`without ${what}`);
    const approve = page.getByRole('button', { name: 'Approve' });
    await expect.poll(() => approve.isEnabled()).toBe(true);
    await page.route(asked, () => undefined);
    await page.reload();
    await page.getByText('You can approve once the changes and the evidence are here').waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.unrouteAll();
    await page.route(asked, (route) => route.fulfill(answer));
    await page.reload();
    await page.getByText(words).waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.getByLabel('Approve without having seen what is missing').check();
    await approve.click();
    await expect.poll(() => trail(workflowId)).toMatchObject({ approved: true });
  });

  it('rejects with a reason, which the role gets as feedback', async () => {
    const { workflowId, page, reason } = await waiting('no-reason');
    await reason.fill(' ');
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('alert').getByText('Say what has to be done differently').waitFor();
    expect((await served.client.status({ workflowId })).awaiting?.kind).toBe('approval');
    await reason.fill('it should greet the world');
    await page.getByRole('button', { name: 'Reject' }).click();
    await expect.poll(() => trail(workflowId)).toMatchObject({ approved: false });
  });

  it('is refused by the server where the page did not hear of it, and keeps what was typed', async () => {
    const { workflowId, page, reason } = await waiting('unheard');
    await standStill(page, 'GetWorkflowStatus');
    await moveOn(workflowId);
    // A click is lost while what the build has done since is read: the button is shut for a moment.
    await until(async () => {
      await page.getByRole('button', { name: 'Approve' }).click();
      return page.getByText('The decision was not taken').isVisible();
    });
    expect(await reason.inputValue()).toBe('it greets');
    expect((await served.client.status({ workflowId })).awaiting?.kind).toBe('approval');
    await page.reload();
    await reason.waitFor();
    expect(await reason.inputValue()).toBe('it greets');
  });
});
