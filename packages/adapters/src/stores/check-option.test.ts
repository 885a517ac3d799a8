import { expect, it } from 'vitest';
import { createPostgresDispatcher, createPostgresStore } from './postgres/index.ts';
import { createRedisDispatcher, createRedisStore } from './redis/index.ts';

const POSTGRES = 'a postgres:// URL or a pool of pg';
const REDIS = 'a URL or an ioredis instance';

it.each([
  ['createPostgresStore', createPostgresStore, POSTGRES],
  ['createPostgresDispatcher', createPostgresDispatcher, POSTGRES],
  ['createRedisStore', createRedisStore, REDIS],
  ['createRedisDispatcher', createRedisDispatcher, REDIS],
])('%s refuses what is no connection', async (_, create, expected) => {
  for (const connection of [undefined, null, 7, {}]) {
    const found = connection === null ? 'null' : typeof connection;
    await expect(create({ connection } as never)).rejects.toMatchObject({
      code: 'invalid_input',
      message: `connection: found ${found}, expected ${expected}`,
    });
  }
});
