import { describe, expect, it, vi } from 'vitest';
import { migrateStore } from './migrate-store.ts';
import { openStore } from './open-store.ts';

vi.mock('pg', () => {
  throw new Error("Cannot find package 'pg'");
});
vi.mock('ioredis', () => {
  throw new Error("Cannot find package 'ioredis'");
});

describe('without the driver', () => {
  it.each([
    ['postgres://u:secret@127.0.0.1:1/none', 'npm install pg'],
    ['redis://:secret@127.0.0.1:1', 'npm install ioredis'],
  ])('opening %s names the package to install', async (url, advice) => {
    const error = await openStore(url).catch((reason) => reason);
    expect(error).toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(advice),
    });
    expect(error.message).not.toContain('secret');
  });

  it('migrating names the package to install', async () => {
    await expect(migrateStore('postgres://127.0.0.1:1/none')).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('npm install pg'),
    });
  });

  it('the other stores open', async () => {
    await (await openStore('memory:')).close();
  });
});
