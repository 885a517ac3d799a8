import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { openConsolePage } from './console-page.ts';
import { beginBuild, claimOf, createConsoleFixture, performUpTo } from './fixture.ts';

const isThere = hasBrowser('what the console does without a server');

async function asks(baton: Parameters<typeof beginBuild>[0], buildId: string): Promise<string> {
  const workflowId = await beginBuild(baton, { buildId, upTo: 'planning' });
  const claimToken = await claimOf(baton, workflowId, 'q_assistant');
  await baton.ask({ workflowId, claimToken, questions: [{ text: 'Which colours?' }] });
  return workflowId;
}

describe.runIf(isThere)('a console', TIMEOUT, () => {
  it('says that it is not live while its server is away, and goes on by itself with what was typed', async () => {
    const { baton, url, stop, start } = await createConsoleFixture();
    const workflowId = await asks(baton, 'b1');
    const page = await openConsolePage(`${url}inbox/${workflowId}`);
    await page.getByText('Which colours?').first().waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    await page.getByLabel('Answer').fill('dark blue');
    await page.getByLabel('Your name').fill('ada');

    await stop();
    await page.getByText(/^Not live: last updated \d\d:\d\d:\d\d, reconnecting/).waitFor();
    expect(await page.getByRole('status').getByText('Live').count()).toBe(0);
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('The answer was not taken').waitFor();
    expect(await page.getByLabel('Answer').inputValue()).toBe('dark blue');

    await start();
    await page.getByRole('status').getByText('Live').waitFor();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Nothing waits in this build any more').waitFor();
    const { questions } = await baton.status({ workflowId });
    expect(questions).toMatchObject([{ answer: { text: 'dark blue', answeredBy: 'ada' } }]);
    expect(page.faults).toEqual([]);
  });

  it('shows what happened while the connection was cut', async () => {
    const { baton, url, stop, start } = await createConsoleFixture();
    const workflowId = await beginBuild(baton, { buildId: 'b1' });
    const page = await openConsolePage(`${url}builds/${workflowId}`);
    await page.getByText('Started in discovery').waitFor();
    await stop();
    await page.getByText(/^Not live/).waitFor();
    const failed = { role: 'q_assistant', nextState: 'error', result: { reason: 'nothing to do' } };
    await baton.advance({ workflowId, completedState: 'discovery', ...failed });
    await start();
    await page.getByText('Failed in discovery: role failed').waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
  });

  it('asks for a key over the page when the one it has is revoked, and keeps what was typed', async () => {
    const { baton, documents, url } = await createConsoleFixture((documents) => ({
      access: createAccess([createKeyAuthenticator(documents)]),
    }));
    const workflowId = await asks(baton, 'b1');
    const keys = createApiKeys({ documents });
    const grant = { projects: '*', permissions: ['read', 'decide'] } as const;
    const keyOf = () =>
      keys.create({ name: 'ada', grant: { ...grant, permissions: [...grant.permissions] } });
    const first = await keyOf();
    const page = await openConsolePage(`${url}inbox/${workflowId}`);
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.waitFor();
    await dialog.getByLabel('API key or token').fill(first.secretKey);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Which colours?').first().waitFor();
    // The key neither starts nor steers, and its holder has one name.
    expect(await page.getByLabel('Your name').count()).toBe(0);
    await page.getByLabel('Answer').fill('dark blue');

    await keys.revoke(first.key.id);
    await dialog.waitFor();
    expect(await page.getByLabel('Answer').inputValue()).toBe('dark blue');
    await dialog.getByLabel('API key or token').fill((await keyOf()).secretKey);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByText('Nothing waits in this build any more').waitFor();
    await page.goto(`${url}builds/${workflowId}`);
    await page.getByText('Which colours?').first().waitFor();
    expect(await page.getByRole('button', { name: 'Roll back' }).count()).toBe(0);
  });

  it('refuses a decision on a tree that has moved on, until the person has looked at the new one', async () => {
    const { baton, url } = await createConsoleFixture();
    const upTo = 'handoff_to_releaser';
    const workflowId = await beginBuild(baton, { buildId: 'b1', upTo });
    const release = { workflowId, role: 'release_manager', completedState: upTo };
    await baton.advance(release);
    const page = await openConsolePage(`${url}inbox/${workflowId}`);
    await page.getByText('The decision is about tree tree-one').waitFor();
    await page.getByLabel('Your name').fill('ada');
    await baton.rollback({ workflowId, targetState: 'implementation', reason: 'no', by: 'eve' });
    await performUpTo(baton, workflowId, upTo, 'tree-two');
    await baton.advance(release);
    await page.getByText(/^The build has moved on since you began to look/).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Look at it as it is now' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Nothing waits in this build any more').waitFor();
    expect(await baton.status({ workflowId })).toMatchObject({ state: 'deployment' });
  });
});
