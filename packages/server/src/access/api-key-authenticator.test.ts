import { BatonError, createMemoryStore, type DocumentStore } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { createApiKeyAuthenticator } from './api-key-authenticator.ts';
import { formatApiKey, newApiKeyId, newApiKeySecret, parseApiKey } from './api-key-text.ts';
import { createApiKeys } from './api-keys.ts';

const grant = { projects: '*', permissions: ['read'], roles: ['tester'] } as const;

/** A server with a store that counts what it is asked. */
async function setUp(rememberMs?: number) {
  const { documents } = await createMemoryStore();
  const clock = createFakeClock();
  const now = () => clock.now();
  const asked = { reads: 0, lists: 0 };
  let away: unknown;
  const counted: DocumentStore = {
    ...documents,
    async read(collection, key) {
      asked.reads++;
      if (away !== undefined) throw away;
      return documents.read(collection, key);
    },
    async list(query) {
      asked.lists++;
      if (away !== undefined) throw away;
      return documents.list(query);
    },
  };
  return {
    clock,
    asked,
    documents,
    keys: createApiKeys({ documents, now }),
    authenticate: createApiKeyAuthenticator({ documents: counted, now, rememberMs }),
    goAway: (reason: unknown) => {
      away = reason;
    },
  };
}

const madeUp = () => formatApiKey({ id: newApiKeyId(), secret: newApiKeySecret() });

describe('who holds an API key', () => {
  it('is told with its grant', async () => {
    const { keys, authenticate } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant, expiresInMs: 1000 });
    expect(await authenticate(secretKey)).toEqual({
      name: 'ci',
      keyId: key.id,
      grant: { ...grant, actors: [], performers: '*', attests: false },
      expiresAt: key.expiresAt,
    });
    const endless = await keys.create({ name: 'ops', grant });
    expect(await authenticate(endless.secretKey)).not.toHaveProperty('expiresAt');
  });

  it('is nobody for a wrong secret, an unknown id, and a text that is no key', async () => {
    const { keys, authenticate, asked } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    const other = await keys.create({ name: 'other', grant });
    const secret = parseApiKey(other.secretKey)?.secret ?? '';
    expect(await authenticate(formatApiKey({ id: key.id, secret }))).toBeUndefined();
    expect(await authenticate(madeUp())).toBeUndefined();
    expect(asked.reads).toBe(2);
    for (const text of ['', 'baton_', `${secretKey}x`, secretKey.slice(1), '\u0000']) {
      expect(await authenticate(text)).toBeUndefined();
    }
    expect(asked.reads).toBe(2);
  });

  it('is nobody from the moment on in which the key expires', async () => {
    const { clock, keys, authenticate } = await setUp();
    const { secretKey } = await keys.create({ name: 'ci', grant, expiresInMs: 100 });
    clock.advance(99);
    expect(await authenticate(secretKey)).toBeDefined();
    clock.advance(1);
    expect(await authenticate(secretKey)).toBeUndefined();
  });

  it('is nobody 5 s after the key was revoked, at the latest', async () => {
    const { clock, keys, authenticate } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    await authenticate(secretKey);
    await keys.revoke(key.id);
    clock.advance(4999);
    expect(await authenticate(secretKey)).toBeDefined();
    clock.advance(1);
    expect(await authenticate(secretKey)).toBeUndefined();
  });

  it('does not change by a rotation, until the overlap has passed', async () => {
    const { clock, keys, authenticate } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    const made = await keys.rotate(key.id, { overlapMs: 10_000 });
    expect(await authenticate(secretKey)).toMatchObject({ expiresAt: made.replaced.expiresAt });
    expect(await authenticate(made.secretKey)).toMatchObject({ name: 'ci', keyId: made.key.id });
    clock.advance(10_000);
    expect(await authenticate(secretKey)).toBeUndefined();
    expect(await authenticate(made.secretKey)).toBeDefined();
  });

  it('is unknown, and nobody is refused, while the store is away', async () => {
    const { clock, keys, authenticate, goAway } = await setUp();
    const { secretKey } = await keys.create({ name: 'ci', grant });
    const later = await keys.create({ name: 'later', grant });
    await authenticate(secretKey);
    goAway(new BatonError('unavailable', 'away'));
    expect(await authenticate(secretKey)).toBeDefined();
    const unavailable = { code: 'unavailable', retryable: true };
    await expect(authenticate(later.secretKey)).rejects.toMatchObject(unavailable);
    clock.advance(5000);
    await expect(authenticate(secretKey)).rejects.toMatchObject(unavailable);
    goAway(undefined);
    expect(await authenticate(secretKey)).toBeDefined();
    expect(await authenticate(later.secretKey)).toBeDefined();
  });

  it('is an error when the key cannot be read', async () => {
    const { documents, keys, authenticate } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    await documents.write({ collection: 'api-keys', key: key.id, follows: 1, value: {} });
    await expect(authenticate(secretKey)).rejects.toMatchObject({ code: 'data_loss' });
  });
});

describe('the store', () => {
  it('is asked once in 5 s for each key, whoever asks at once and with whatever secret', async () => {
    const { clock, keys, authenticate, asked } = await setUp();
    const all = await Promise.all([1, 2, 3].map((n) => keys.create({ name: `n${n}`, grant })));
    const wrong = formatApiKey({ id: all[0]?.key.id ?? '', secret: newApiKeySecret() });
    const askAll = () =>
      Promise.all(
        [...all, ...all].flatMap((one) => [authenticate(one.secretKey), authenticate(wrong)]),
      );
    await askAll();
    clock.advance(4999);
    await askAll();
    expect(asked).toEqual({ reads: 3, lists: 0 });
    clock.advance(1);
    await askAll();
    expect(asked).toEqual({ reads: 6, lists: 0 });
  });

  it('is asked again when the clock was set back', async () => {
    const { clock, keys, authenticate } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    await authenticate(secretKey);
    await keys.revoke(key.id);
    clock.advance(-3_600_000);
    expect(await authenticate(secretKey)).toBeUndefined();
  });

  it('is asked each time with nothing to remember', async () => {
    const { keys, authenticate, asked } = await setUp(0);
    const { secretKey, key } = await keys.create({ name: 'ci', grant });
    await authenticate(secretKey);
    await keys.revoke(key.id);
    expect(await authenticate(secretKey)).toBeUndefined();
    expect(asked.reads).toBe(2);
  });

  it.each([-1, 0.5, 5001, Number.NaN])('may not be asked every %d ms', (rememberMs) => {
    const documents = {} as DocumentStore;
    expect(() => createApiKeyAuthenticator({ documents, rememberMs })).toThrow(
      /rememberMs: found .*, expected 0 to 5000/,
    );
  });

  it('is asked a bounded number of times for keys that are made up, and keys still work', async () => {
    const { clock, keys, authenticate, asked } = await setUp();
    const known = await keys.create({ name: 'known', grant });
    const early = await keys.create({ name: 'early', grant });
    await authenticate(known.secretKey);
    const flood = async (count: number) => {
      const settled = await Promise.allSettled(
        Array.from({ length: count }, () => authenticate(madeUp())),
      );
      return settled.filter(({ status }) => status === 'rejected');
    };
    const refused = await flood(3000);
    expect(refused).toHaveLength(2001);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable', retryable: true } });
    expect(asked).toEqual({ reads: 1000, lists: 1 });
    // This server has not seen it before, and the allowance is spent.
    expect(await authenticate(early.secretKey)).toMatchObject({ name: 'early' });
    // The list of ids is older than this one.
    const fresh = await keys.create({ name: 'fresh', grant });
    await expect(authenticate(fresh.secretKey)).rejects.toMatchObject({ code: 'unavailable' });
    clock.advance(5000);
    await flood(3000);
    expect(asked.lists).toBe(2);
    expect(asked.reads).toBeLessThan(1600);
    expect(await authenticate(fresh.secretKey)).toMatchObject({ name: 'fresh' });
    expect(await authenticate(known.secretKey)).toMatchObject({ name: 'known' });
  });

  it('is asked again for a list that failed', async () => {
    const { keys, authenticate, goAway } = await setUp();
    const { secretKey } = await keys.create({ name: 'ci', grant });
    await Promise.all(Array.from({ length: 1000 }, () => authenticate(madeUp())));
    goAway(new BatonError('unavailable', 'away'));
    await expect(authenticate(secretKey)).rejects.toMatchObject({ message: 'away' });
    goAway(undefined);
    expect(await authenticate(secretKey)).toBeDefined();
  });

  it('is asked for a key that was seen, however many were made up since', async () => {
    const { clock, keys, authenticate, asked } = await setUp();
    const { secretKey } = await keys.create({ name: 'ci', grant });
    await authenticate(secretKey);
    for (let i = 0; i < 11; i++) {
      clock.advance(10_000);
      await Promise.all(Array.from({ length: 1000 }, () => authenticate(madeUp())));
    }
    // More than are remembered, and nothing is left of the allowance.
    expect(asked).toEqual({ reads: 11_001, lists: 0 });
    expect(await authenticate(secretKey)).toBeDefined();
    expect(asked).toEqual({ reads: 11_002, lists: 0 });
  });
});
