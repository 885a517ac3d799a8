import type { StoreWithDocuments } from '@baton/core';
import { describeDocumentStoreContract } from '@baton/core/testing';
import type { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { type PrivateRedisCluster, startRedisCluster } from '../testing/private-redis-cluster.ts';
import { createRedisStore } from './redis-store.ts';

let prefixes = 0;

/** Stores of one prefix, and how another program changes what they have. */
async function onPrefix(connection: string | Cluster, client: Redis | Cluster) {
  const prefix = `test-${prefixes++}`;
  const opened: StoreWithDocuments[] = [];
  const open = async () => {
    const store = await createRedisStore({ connection, prefix, shards: 8, warn() {} });
    opened.push(store);
    return store.documents;
  };
  return {
    documents: await open(),
    another: open,
    async damage(collection: string, key: string, text: string) {
      const all = `${prefix}:{documents:${collection}}:all`;
      const version = /^\d+/.exec((await client.hget(all, key)) ?? '')?.[0];
      await client.hset(all, key, `${version}|${text}`);
    },
    destroy: async () => {
      for (const store of opened) await store.close();
    },
  };
}

describe.skipIf(redisMissing())('on a server of its own', () => {
  let redis: PrivateRedis;
  let client: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    client = redis.connect();
  });
  afterAll(() => redis.destroy());

  describeDocumentStoreContract('the Redis store', () => onPrefix(redis.url, client));

  it('names documents that another program has damaged or replaced', async () => {
    const store = await createRedisStore({ connection: redis.url, prefix: 'damaged' });
    onTestFinished(() => store.close());
    const { documents } = store;
    const write = { collection: 'c', key: 'k', follows: 0, value: {} };
    await documents.write(write);
    const list = () => documents.list({ collection: 'c', after: '', limit: 9 });
    for (const text of ['', 'no version', '0|{}', '1|{', '9007199254740993|{}']) {
      await client.hset('damaged:{documents:c}:all', 'k', text);
      await expect(documents.read('c', 'k')).rejects.toMatchObject({ code: 'data_loss' });
      await expect(list()).rejects.toMatchObject({ code: 'data_loss' });
    }
    await client.hdel('damaged:{documents:c}:all', 'k');
    await expect(list()).rejects.toMatchObject({ code: 'data_loss' });
    for (const name of ['all', 'index']) {
      await client.del('damaged:{documents:c}:all', 'damaged:{documents:c}:index');
      await client.set(`damaged:{documents:c}:${name}`, 'text');
      const loss = { code: 'data_loss', message: expect.stringContaining(`{documents:c}:${name}`) };
      await expect(documents.read('c', 'k')).rejects.toMatchObject(loss);
      await expect(documents.write(write)).rejects.toMatchObject(loss);
      await expect(documents.remove('c', 'k', 1)).rejects.toMatchObject(loss);
      await expect(list()).rejects.toMatchObject(loss);
    }
  });

  it('says that a write was done whose answer was lost, also when others have written since', async () => {
    const proxy = await startCuttingProxy(redis.port);
    onTestFinished(() => proxy.destroy());
    const open = async (connection: string) => {
      const store = await createRedisStore({ connection, prefix: 'cut', warn() {} });
      onTestFinished(() => store.close());
      return store.documents;
    };
    const [cut, other] = [await open(proxy.url), await open(redis.url)];
    const document = { collection: 'c', key: 'k' };
    const lost = proxy.cutAnswerTo('evalsha', 3);
    const written = cut.write({ ...document, follows: 0, value: { by: 'cut' } });
    await lost;
    expect(await other.write({ ...document, follows: 1, value: { by: 'other' } })).toBe(true);
    proxy.accept();
    expect(await written).toBe(true);
    expect(await other.read('c', 'k')).toMatchObject({ version: 2, value: { by: 'other' } });
    const lostAgain = proxy.cutAnswerTo('evalsha', 3);
    const removed = cut.remove('c', 'k', 2);
    await lostAgain;
    proxy.accept();
    expect(await removed).toBe(true);
  });

  it('is unavailable when the store is closed', async () => {
    const store = await createRedisStore({ connection: redis.url, prefix: 'closed' });
    await store.close();
    await expect(store.documents.read('c', 'k')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe.skipIf(redisMissing())('on a cluster of three masters', () => {
  let cluster: PrivateRedisCluster;
  let client: Cluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    client = cluster.connect();
  });
  afterAll(async () => {
    client.disconnect();
    await cluster.destroy();
  });

  describeDocumentStoreContract('the Redis store', () => onPrefix(client, client));
});
