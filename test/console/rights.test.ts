import type { GrantInput } from '@baton/core';
import { createAccess, createApiKeys, createKeyAuthenticator } from '@baton/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser } from '../browser.ts';
import { TIMEOUT } from '../cli/harness.ts';
import { type ConsolePage, openConsolePage } from './console-page.ts';
import { beginMany, type ConsoleFixture, createConsoleFixture } from './fixture.ts';

const isThere = hasBrowser('what callers may do in the console');

/** What a page offers, by the permission that it takes. */
const OFFERS: readonly {
  readonly needs: string;
  readonly name: string;
  readonly on: string;
  /** What is there once the page is whole. */
  readonly text: string;
}[] = [
  { needs: 'start', name: 'Start a build', on: 'builds', text: 'faster-search' },
  { needs: 'start', name: 'Start a build', on: 'projects/shop', text: 'Success rate' },
  { needs: 'steer', name: 'Request retry', on: 'builds/{failed}', text: 'Failed in testing' },
  { needs: 'steer', name: 'Roll back', on: 'builds/{failed}', text: 'Failed in testing' },
  { needs: 'steer', name: 'Cancel build', on: 'builds/{asking}', text: 'waiting for answers' },
  { needs: 'decide', name: 'Answer', on: 'inbox/{asking}', text: 'How long does a session' },
  { needs: 'decide', name: 'Approve', on: 'inbox/{deciding}', text: 'THEMES.includes' },
  { needs: 'decide', name: 'Reject', on: 'inbox/{deciding}', text: 'THEMES.includes' },
];

describe.runIf(isThere)('a caller with a key', TIMEOUT, () => {
  let fixture: ConsoleFixture;
  let ids: Awaited<ReturnType<typeof beginMany>>;
  beforeAll(async () => {
    fixture = await createConsoleFixture((documents) => ({
      access: createAccess([createKeyAuthenticator(documents)]),
    }));
    ids = await beginMany(fixture);
  });

  async function keyFor(permissions: GrantInput['permissions'], projects: '*' | string[] = '*') {
    const keys = createApiKeys({ documents: fixture.documents });
    return (await keys.create({ name: 'grace', grant: { projects, permissions } })).secretKey;
  }

  /** The page by a link that has the key, as a terminal prints it. */
  function openWith(key: string, path = 'builds'): Promise<ConsolePage> {
    return openConsolePage(`${fixture.url}${path}#key=${key}`);
  }

  it('signs in over the page that was asked for, and out again', async () => {
    const page = await openConsolePage(`${fixture.url}builds/${ids.failed}`);
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByText('This server asks who you are.').waitFor();
    await dialog.getByLabel('API key or token').fill('baton_letmein');
    await page.keyboard.press('Enter');
    await dialog.getByText('The API key is wrong, expired or revoked.').waitFor();
    await dialog.getByLabel('API key or token').fill(await keyFor(['read']));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'import-of-orders' }).waitFor();
    expect(await dialog.isVisible()).toBe(false);
    await page.reload();
    await page.getByRole('heading', { name: 'import-of-orders' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await dialog.waitFor();
    await page.reload();
    await dialog.waitFor();
    expect(await page.getByText('import-of-orders').count()).toBe(0);
    expect(page.faults).toEqual([]);
  });

  it('is told where it may not start builds, in place of the form', async () => {
    const page = await openWith(await keyFor(['read']), 'start');
    await page.getByText('Your key does not let you start builds').waitFor();
    expect(await page.getByLabel('What to build').count()).toBe(0);
    expect(page.faults).toEqual([]);
  });

  it('leaves no key in the address', async () => {
    const key = await keyFor(['read']);
    const page = await openWith(key);
    await page.getByText('faster-search').waitFor();
    expect(page.url()).not.toContain(key);
    expect(await page.evaluate('JSON.stringify({ ...localStorage })')).not.toContain(key);
  });

  it.each(['read', 'start', 'steer', 'decide'] as const)(
    'is offered what the permission %s is for, and nothing else',
    async (permission) => {
      const page = await openWith(await keyFor([...new Set(['read' as const, permission])]));
      await page.getByText('faster-search').waitFor();
      const found: string[] = [];
      for (const { needs, name, on, text } of OFFERS) {
        const path = on.replace(/\{(\w+)\}/, (_, id) => ids[id as keyof typeof ids]);
        await page.goto(fixture.url + path);
        await page.getByText(text).first().waitFor();
        const offer = page.getByRole(/^Start/.test(name) ? 'link' : 'button', { name }).first();
        // What is offered comes with the answer who the caller is; nothing comes later than that.
        if (needs === permission) await offer.waitFor();
        else if (await offer.isVisible()) found.push(`${name} on ${on}`);
      }
      expect(found).toEqual([]);
      expect(page.faults).toEqual([]);
    },
  );

  it('sees the builds of its own projects alone', async () => {
    await fixture.baton.start({
      ...{ projectId: 'blog', buildId: 'a-post', userId: 'ada', requirements: {} },
    });
    const page = await openWith(await keyFor(['read'], ['blog']));
    await page.getByText('a-post').waitFor();
    expect(await page.getByText('faster-search').count()).toBe(0);
    await page.goto(`${fixture.url}builds/${ids.failed}`);
    await page.getByText('The build could not be read').waitFor();
    await page.goto(`${fixture.url}inbox`);
    await page.getByText('Nothing waits for you').waitFor();
  });
});
