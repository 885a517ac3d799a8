import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';
import type { RedisStoreOptions } from './redis-store-options.ts';

describe.skipIf(redisMissing())('a Redis store, when it is opened,', () => {
  let redis: PrivateRedis;
  const opened: WorkflowStore[] = [];
  const lines: string[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    lines.length = 0;
    const admin = redis.connect();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'appendfsync', 'always');
    await admin.config('SET', 'appendonly', 'yes');
  });
  afterAll(() => redis.destroy());

  async function open(options: Partial<RedisStoreOptions> = {}): Promise<WorkflowStore> {
    const warn = (line: string) => lines.push(line);
    const store = await createRedisStore({ connection: redis.url, warn, ...options });
    opened.push(store);
    return store;
  }

  it('says nothing about a server that keeps every commit', async () => {
    await open();
    expect(lines).toEqual([]);
  });

  it.each(['allkeys-lru', 'volatile-ttl'])('refuses a server that evicts (%s)', async (policy) => {
    await redis.connect().config('SET', 'maxmemory-policy', policy);
    await expect(open()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining(`found maxmemory-policy ${policy}, expected noeviction`),
    });
    await redis.connect().config('SET', 'maxmemory-policy', 'noeviction');
    await expect((await open()).readStats('p')).resolves.toMatchObject({ total: 0 });
  });

  it.each([
    ['appendonly', 'no', 'a crash loses every commit since its last snapshot'],
    ['appendfsync', 'everysec', 'loses about a second of acknowledged commits'],
    ['appendfsync', 'no', 'loses what the system had not written of acknowledged commits'],
  ])('says in one line, once, what %s %s could lose', async (name, value, line) => {
    await redis.connect().config('SET', name, value);
    const store = await open();
    await Promise.all([store.readStats('p'), store.readStats('p')]);
    expect(lines).toEqual([expect.stringContaining(line)]);
  });

  it('says it when the settings are changed later, each time that they are', async () => {
    await open({ settingsEveryMs: 5 });
    const admin = redis.connect();
    const evicts = expect.stringContaining('would evict workflows: found maxmemory-policy');
    const syncs = expect.stringContaining('does not sync each commit');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect.poll(() => lines).toEqual([evicts]);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'appendfsync', 'everysec');
    await expect.poll(() => lines).toEqual([evicts, syncs]);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect.poll(() => lines).toEqual([evicts, syncs, evicts]);
  });

  it('tells a user who may not write, and names counters that are none', async () => {
    const admin = redis.connect();
    const rights = ['+@read', '+@connection', '+eval', '+evalsha', '+config|get', '+info', '+time'];
    await admin.call('ACL', 'SETUSER', 'reader', 'on', '>secret', '~*', ...rights);
    const baton = createOrchestrator({ store: await open() });
    const build = { projectId: 'rights', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await baton.start(build);
    const reader = createOrchestrator({
      store: await open({ connection: redis.url.replace('//', '//reader:secret@') }),
    });
    await expect(reader.status({ workflowId })).resolves.toMatchObject({ state: 'discovery' });
    const back = { workflowId, targetState: 'discovery', reason: 'from the beginning' };
    const writes = [() => reader.rollback(back), () => reader.start({ ...build, buildId: 'c' })];
    for (const write of writes) {
      await expect(write()).rejects.toMatchObject({
        code: 'unavailable',
        retryable: false,
        message: expect.stringContaining("can't run this command"),
      });
    }
    const [key = ''] = await admin.keys('*stats:rights');
    await admin.del(key);
    await admin.set(key, 'no counters');
    await expect(baton.projectStats({ projectId: 'rights' })).rejects.toMatchObject({
      code: 'data_loss',
      metadata: { key },
    });
  });

  it('says that it could not check a server that does not show its settings', async () => {
    const admin = redis.connect();
    await admin.call('ACL', 'SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-config');
    await open({ connection: redis.url.replace('//', '//app:secret@') });
    expect(lines).toEqual([expect.stringMatching(/could not be checked.*appendfsync always/)]);
  });

  it('refuses another number of shards than the database was made with, and takes that one unasked', async () => {
    await open({ prefix: 'eight', shards: 8 });
    await expect(open({ prefix: 'eight', shards: 9 })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('shards: found 9, expected 8'),
    });
    await expect(open({ prefix: 'eight' })).resolves.toBeDefined();
    expect(await redis.connect().hget('eight:meta', 'shards')).toBe('8');
  });

  it('refuses a database of another layout', async () => {
    await redis.connect().hset('later:meta', 'layout', '2', 'shards', '64');
    await expect(open({ prefix: 'later' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining("'later:meta': found layout 2, expected 1"),
    });
  });

  it('refuses a key of its own that another program has written', async () => {
    await redis.connect().set('foreign:meta', 'mine');
    await expect(open({ prefix: 'foreign' })).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining(
        "'foreign:meta' cannot be read: found a value of type string",
      ),
      metadata: { key: 'foreign:meta' },
    });
    expect(await redis.connect().keys('foreign:*')).toEqual(['foreign:meta']);
  });

  it.each([
    ['a database that the server does not have', '', '/99', 'DB index is out of range'],
    ['one that may not be chosen', 'shut:secret@', '/3', 'no permissions'],
  ])('refuses %s', async (_, who, database, problem) => {
    const admin = redis.connect();
    await admin.call('ACL', 'SETUSER', 'shut', 'on', '>secret', '~*', '&*', '+@all', '-select');
    const connection = `${redis.url.replace('//', `//${who}`)}${database}`;
    await expect(open({ connection, prefix: 'shut' })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(`Redis database ${database.slice(1)} cannot be.*${problem}`),
    });
    expect(await admin.keys('shut:*')).toEqual([]);
  });

  it.each([
    ['REPLICAOF', ['127.0.0.1', '1'], ['NO', 'ONE'], 'READONLY'],
    ['CONFIG', ['SET', 'maxmemory', '1'], ['SET', 'maxmemory', '0'], 'OOM'],
  ])('reads from one that takes no writes (%s)', async (command, shut, reopen, prefix) => {
    const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };
    const { workflowId } = await createOrchestrator({
      store: await open({ prefix: prefix.toLowerCase() }),
    }).start(build);
    const admin = redis.connect();
    await admin.call(command, ...shut);
    const store = await open({ prefix: prefix.toLowerCase(), commandTimeoutMs: 600_000 });
    const baton = createOrchestrator({ store });
    const refused = { code: 'unavailable', message: expect.stringContaining(prefix) };
    try {
      await expect(baton.status({ workflowId })).resolves.toMatchObject({ state: 'discovery' });
      await expect(baton.start({ ...build, buildId: 'c' })).rejects.toMatchObject(refused);
    } finally {
      await admin.call(command, ...reopen);
    }
  });

  it('refuses a password that is wrong without asking for patience', async () => {
    const connection = redis.url.replace('//', '//stranger:wrong@');
    await expect(open({ connection })).rejects.toMatchObject({
      code: 'unavailable',
      retryable: false,
    });
  });

  it.each([
    { shards: 0 },
    { shards: 2.5 },
    { prefix: 'a{b}' },
    { prefix: '' },
    { commitConnections: 0 },
    { commandTimeoutMs: 0 },
    { commandTimeoutMs: 1e12 },
  ])('refuses %j', async (options) => {
    await expect(open(options)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('refuses a URL of another kind', async () => {
    await expect(open({ connection: 'http://127.0.0.1' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('is unavailable while no server answers, and once it is closed', async () => {
    const nowhere = { connection: 'redis://127.0.0.1:1', commandTimeoutMs: 200 };
    await expect(open(nowhere)).rejects.toMatchObject({ code: 'unavailable' });
    const store = await open();
    await store.close();
    await expect(store.readStats('p')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
