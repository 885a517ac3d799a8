import { BatonError, createMemoryStore, type DocumentStore } from '@baton/core';
import { createFakeClock } from '@baton/core/testing';
import { describe, expect, it } from 'vitest';
import { digestOf } from './api-key-record.ts';
import { parseApiKey } from './api-key-text.ts';
import { createApiKeys } from './api-keys.ts';

const DAY = 86_400_000;
const grant = { projects: ['shop'], permissions: ['read', 'start'] } as const;
const whole = { ...grant, roles: [], actors: [], performers: '*', attests: false };

async function setUp(wrap: (documents: DocumentStore) => DocumentStore = (one) => one) {
  const { documents } = await createMemoryStore();
  const clock = createFakeClock();
  const keys = createApiKeys({ documents: wrap(documents), now: () => clock.now() });
  return { documents, clock, keys };
}

describe('an API key', () => {
  it('is kept without its secret, under its id', async () => {
    const { documents, clock, keys } = await setUp();
    const { secretKey, key } = await keys.create({ name: 'ci', grant, expiresInMs: 90 * DAY });
    const { id, secret } = parseApiKey(secretKey) ?? { id: '', secret: '' };
    expect(key).toEqual({
      id,
      name: 'ci',
      grant: whole,
      createdAt: clock.now(),
      expiresAt: clock.now() + 90 * DAY,
    });
    const stored = await documents.read('api-keys', id);
    expect(stored?.value).toMatchObject({ secretDigest: digestOf(secret).toString('hex') });
    expect(JSON.stringify(stored)).not.toContain(secret);
    expect(await keys.list()).toEqual([key]);
  });

  it.each([
    ['no name', { name: '' }, 'name'],
    ['no permission', { grant: { ...grant, permissions: [] } }, 'grant.permissions'],
    ['a permission of another kind', { grant: { ...grant, permissions: ['fly'] } }, 'start'],
    ['an end that has come', { expiresInMs: 0 }, 'expiresInMs'],
    ['half a millisecond', { expiresInMs: 0.5 }, 'expiresInMs'],
    ['another member', { grant: { ...grant, admin: true } }, 'admin'],
  ])('is refused with %s', async (_, part, found) => {
    const { keys } = await setUp();
    const create = keys.create({ name: 'ci', grant, ...part } as Parameters<typeof keys.create>[0]);
    await expect(create).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(found),
    });
    expect(await keys.list()).toEqual([]);
  });

  it('is listed behind all that are older, however many there are', async () => {
    const { clock, keys } = await setUp();
    const names: string[] = [];
    for (let i = 0; i < 1001; i++) {
      names.push((await keys.create({ name: `n${i}`, grant })).key.name);
      clock.advance(1);
    }
    expect((await keys.list()).map(({ name }) => name)).toEqual(names);
  });

  it('that is rotated goes on for the overlap, or until it expires', async () => {
    const { clock, keys } = await setUp();
    const long = (await keys.create({ name: 'long', grant, expiresInMs: 90 * DAY })).key;
    const short = (await keys.create({ name: 'short', grant, expiresInMs: DAY / 2 })).key;
    const endless = (await keys.create({ name: 'endless', grant })).key;
    clock.advance(1000);
    const now = clock.now();
    const first = await keys.rotate(long.id);
    expect(first.key).toEqual({
      id: parseApiKey(first.secretKey)?.id,
      name: 'long',
      grant: whole,
      createdAt: now,
      expiresAt: now + 90 * DAY,
    });
    expect(first.replaced).toEqual({ ...long, expiresAt: now + DAY, replacedBy: first.key.id });
    expect((await keys.rotate(short.id)).replaced.expiresAt).toBe(short.expiresAt);
    const last = await keys.rotate(endless.id, { overlapMs: 0, expiresInMs: DAY });
    expect([last.replaced.expiresAt, last.key.expiresAt]).toEqual([now, now + DAY]);
    expect(await keys.list()).toHaveLength(6);
  });

  it('cannot be rotated when it was replaced, has expired or was revoked', async () => {
    const { clock, keys } = await setUp();
    const [a, b, c] = [
      (await keys.create({ name: 'a', grant })).key.id,
      (await keys.create({ name: 'b', grant, expiresInMs: 5 })).key.id,
      (await keys.create({ name: 'c', grant })).key.id,
    ];
    const { key } = await keys.rotate(a);
    clock.advance(5);
    await keys.revoke(c);
    const wrong = (text: string) => ({
      code: 'wrong_state',
      message: expect.stringContaining(text),
    });
    await expect(keys.rotate(a)).rejects.toMatchObject(wrong(`replaced by ${key.id}: rotate that`));
    await expect(keys.rotate(b)).rejects.toMatchObject(wrong('expired'));
    await expect(keys.rotate(c)).rejects.toMatchObject(wrong('revoked'));
    expect(await keys.list()).toHaveLength(4);
  });

  it('is revoked once, and stays as it was then', async () => {
    const { clock, keys } = await setUp();
    const { key } = await keys.create({ name: 'a', grant });
    const revoked = { ...key, revokedAt: clock.now() };
    expect(await keys.revoke(key.id)).toEqual(revoked);
    clock.advance(1);
    expect(await keys.revoke(key.id)).toEqual(revoked);
    expect(await keys.list()).toEqual([revoked]);
  });

  it('that is not there can be neither rotated nor revoked', async () => {
    const { keys } = await setUp();
    for (const id of ['0123456789abcdef', '', 'no id', '\u0000']) {
      const unknown = { code: 'not_found', message: `there is no API key with the id '${id}'` };
      await expect(keys.rotate(id)).rejects.toMatchObject(unknown);
      await expect(keys.revoke(id)).rejects.toMatchObject(unknown);
    }
  });

  it('that two rotate at once is replaced once, and no key is left over', async () => {
    const { keys } = await setUp();
    const { id } = (await keys.create({ name: 'a', grant })).key;
    const settled = await Promise.allSettled([keys.rotate(id), keys.rotate(id)]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await keys.list()).toHaveLength(2);
  });

  it('that is revoked while it is rotated stays revoked, and no key is left over', async () => {
    const { documents, keys } = await setUp();
    const { id } = (await keys.create({ name: 'a', grant })).key;
    const rival: DocumentStore = {
      ...documents,
      async write(write) {
        if (write.key === id) await keys.revoke(id);
        return documents.write(write);
      },
    };
    const late = createApiKeys({ documents: rival });
    await expect(late.rotate(id)).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await keys.list()).toMatchObject([{ id, revokedAt: expect.any(Number) }]);
  });

  it('is not shown when the store did not take it', async () => {
    const { keys } = await setUp((documents) => ({
      ...documents,
      async write() {
        throw new BatonError('unavailable', 'away');
      },
    }));
    await expect(keys.create({ name: 'a', grant })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('that another program has damaged is named', async () => {
    const { documents, keys } = await setUp();
    const { id } = (await keys.create({ name: 'a', grant })).key;
    await documents.write({ collection: 'api-keys', key: id, follows: 1, value: { name: 'a' } });
    const loss = { code: 'data_loss', message: expect.stringContaining(`the API key ${id}`) };
    await expect(keys.list()).rejects.toMatchObject(loss);
    await expect(keys.revoke(id)).rejects.toMatchObject(loss);
  });
});
