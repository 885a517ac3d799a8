import { expect, it } from 'vitest';
import { createPostgresStore, type PostgresStoreOptions } from './postgres/index.ts';
import { createRedisStore, type RedisStoreOptions } from './redis/index.ts';

it.each([undefined, null, 7, {}])('a connection that is %j is refused', async (connection) => {
  const found = `connection: found ${connection === null ? 'null' : typeof connection}`;
  await expect(createPostgresStore({ connection } as PostgresStoreOptions)).rejects.toMatchObject({
    code: 'invalid_input',
    message: `${found}, expected a postgres:// URL or a pool of pg`,
  });
  await expect(createRedisStore({ connection } as RedisStoreOptions)).rejects.toMatchObject({
    code: 'invalid_input',
    message: `${found}, expected a URL or an ioredis instance`,
  });
});
