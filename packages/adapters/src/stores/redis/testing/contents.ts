import type { Redis } from 'ioredis';

/** The whole database, as bytes. */
export async function contents(redis: Redis): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const key of (await redis.keys('*')).sort()) {
    found[key] = JSON.stringify(
      (await redis.type(key)) === 'hash'
        ? Object.entries(await redis.hgetall(key)).sort()
        : (await redis.type(key)) === 'zset'
          ? await redis.zrange(key, 0, '-1')
          : await redis.get(key),
    );
  }
  return found;
}
