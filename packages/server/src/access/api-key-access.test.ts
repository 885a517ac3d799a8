import { createMemoryStore, type DocumentStore } from '@baton/core';
import { expect, it } from 'vitest';
import { createKeyAuthenticator } from './api-key-access.ts';
import { createApiKeys } from './api-keys.ts';

async function setUp(expiresInMs?: number) {
  const { documents } = await createMemoryStore();
  let at = 1_000_000;
  const now = () => at;
  let reads = 0;
  const counted: DocumentStore = {
    ...documents,
    read(...args) {
      reads++;
      return documents.read(...args);
    },
  };
  const keys = createApiKeys({ documents, now });
  const grant = { projects: '*', permissions: ['read'] } as const;
  const { secretKey, key } = await keys.create({ name: 'robot', grant, expiresInMs });
  const authenticator = createKeyAuthenticator(counted, now);
  const certificate = () => undefined;
  return {
    ...{ keys, key, reads: () => reads },
    after(ms: number) {
      at += ms;
    },
    show: async (bearer: string | undefined = secretKey) =>
      authenticator.authenticate({ bearer, certificate }),
  };
}

it('knows the holder of a key, and is asked by none of another kind', async () => {
  const { show } = await setUp();
  const caller = await show();
  expect(caller).toMatchObject({ name: 'robot', shownBy: 'API key' });
  expect(await show()).toBe(caller);
  expect(await show('e30.e30.e30')).toBeUndefined();
  await expect(show('baton_x')).rejects.toMatchObject({
    code: 'unauthenticated',
    message: 'the API key is wrong, expired or revoked',
  });
});

it('refuses a key within 5 s of its revocation, and asks the store now and then', async () => {
  const { keys, key, show, after, reads } = await setUp();
  await show();
  await keys.revoke(key.id);
  for (let ms = 0; ms < 4900; ms += 100) {
    await show().catch(() => undefined);
    after(100);
  }
  expect(reads()).toBe(2);
  after(100);
  await expect(show()).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('refuses a key from the moment when it expires', async () => {
  const { show, after } = await setUp(500);
  await show();
  after(499);
  await show();
  after(1);
  await expect(show()).rejects.toMatchObject({ code: 'unauthenticated' });
});

it('remembers nothing for longer when the clock is set back', async () => {
  const { keys, key, show, after } = await setUp();
  await show();
  await keys.revoke(key.id);
  after(-3_600_000);
  await expect(show()).rejects.toMatchObject({ code: 'unauthenticated' });
});
