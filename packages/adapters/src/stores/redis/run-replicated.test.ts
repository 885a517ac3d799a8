import { createOrchestrator, type WorkflowStore } from '@baton/core';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CuttingProxy, startCuttingProxy } from '../testing/cutting-proxy.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { startRedisReplica } from '../testing/private-redis-replica.ts';
import { createRedisStore } from './redis-store.ts';
import type { Replicas } from './redis-url.ts';
import { runReplicated } from './run-replicated.ts';
import { SCRIPTS } from './scripts.ts';

const build = { projectId: 'p', userId: 'u', requirements: {} };
const again = { targetState: 'discovery', reason: 'again' };

describe.skipIf(redisMissing())('a store that waits for a replica', () => {
  let master: PrivateRedis;
  let replica: PrivateRedis;
  let proxy: CuttingProxy;
  let prefixes = 0;
  const opened: WorkflowStore[] = [];

  beforeAll(async () => {
    master = await startRedis();
    replica = await startRedisReplica(master);
    proxy = await startCuttingProxy(master.port);
  });
  afterEach(async () => {
    await replica.kill('SIGCONT');
    proxy.accept();
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => {
    await proxy.destroy();
    await replica.destroy();
    await master.destroy();
  });

  async function open(replicas: Replicas | undefined): Promise<WorkflowStore> {
    const store = await createRedisStore({
      connection: proxy.url,
      prefix: `test-${prefixes++}`,
      shards: 4,
      commandTimeoutMs: 5000,
      warn() {},
      replicas,
    });
    opened.push(store);
    return store;
  }

  async function someWorkflows(store: WorkflowStore, count: number) {
    const baton = createOrchestrator({ store });
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      ids.push((await baton.start({ ...build, buildId: `b${i}` })).workflowId);
    }
    // Waits for the background work of the starts.
    await store.readStats('p');
    for (const workflowId of ids) await baton.rollback({ workflowId, ...again });
    return { baton, ids };
  }

  it.each([
    ['one WAIT for all that travels together', { acknowledge: 1 }, ['wait']],
    ['none without the option', undefined, []],
  ])('sends %s', async (_name, replicas, waits) => {
    const { baton, ids } = await someWorkflows(await open(replicas), 3);
    const before = proxy.commands.length;
    await Promise.all(ids.map((workflowId) => baton.rollback({ workflowId, ...again })));
    const sent = proxy.commands.slice(before).filter((name) => /^(evalsha|wait)$/.test(name));
    expect(sent).toEqual(['evalsha', 'evalsha', 'evalsha', ...waits]);
  });

  it('takes no WAIT for an answer that was made on another connection than the commit', async () => {
    const store = await open({ acknowledge: 1 });
    const { baton, ids } = await someWorkflows(store, 1);
    const workflowId = ids[0] as string;
    const request = { workflowId, ...again, requestId: 'r-1' };
    await replica.kill('SIGSTOP');
    // The commit's own answer arrives completely; that of its WAIT does not.
    const cut = proxy.cutAnswerTo('wait', 1_000_000);
    const answer = expect(baton.rollback(request)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('connection close'),
    });
    await cut;
    await replica.kill('SIGCONT');
    proxy.accept();
    await answer;
    await expect
      .poll(() => baton.rollback(request).catch(() => undefined))
      .toMatchObject({ revision: 3 });
  });

  it('sends scripts again that the server has forgotten, with their WAIT', async () => {
    const { baton, ids } = await someWorkflows(await open({ acknowledge: 1 }), 1);
    await master.connect().script('FLUSH');
    const before = proxy.commands.length;
    await baton.rollback({ workflowId: ids[0] as string, ...again });
    expect(proxy.commands.slice(before)).toEqual(['evalsha', 'wait', 'eval', 'wait']);
  });

  describe('follows a slot to a server that has never seen the script', () => {
    const replied = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });
    const moved = replied('MOVED 1 127.0.0.1:2');
    const call = { script: SCRIPTS.load, keys: ['k'], args: [''] };

    /** Runs a client that gives these answers, one pipeline after another, and returns what it was sent. */
    async function ask(answers: readonly unknown[]): Promise<[unknown, readonly string[]]> {
      const sent: string[] = [];
      const next = answers.values();
      const pipeline = () => ({
        evalsha: () => sent.push('evalsha'),
        eval: () => sent.push('eval'),
        wait() {},
        async exec() {
          const answer = next.next().value;
          return [answer instanceof Error ? [answer] : [null, answer], [null, 1]];
        },
      });
      const client = { pipeline, exists: async () => sent.push('exists') } as unknown as Redis;
      const options = { acknowledge: 1, timeoutMs: 1 };
      return [(await runReplicated(client, [call], options))[0], sent];
    }

    it('however long it took to find it', async () => {
      const [result, sent] = await ask([...Array(5).fill(moved), replied('NOSCRIPT no'), ['none']]);
      expect(result).toEqual({ status: 'fulfilled', value: ['none'] });
      expect(sent.slice(-2)).toEqual(['evalsha', 'eval']);
    });

    it('and gives up where it is sent around in circles', async () => {
      const [result, sent] = await ask(Array(6).fill(moved));
      expect(result).toEqual({ status: 'rejected', reason: moved });
      expect(sent.filter((name) => name === 'exists')).toHaveLength(5);
    });
  });

  it.each([
    [{ acknowledge: 0 }, 'replicas.acknowledge: found 0, expected 1 to 100'],
    [{ acknowledge: 1.5 }, 'replicas.acknowledge: found 1.5, expected 1 to 100'],
    [{ acknowledge: 1, timeoutMs: 0 }, 'replicas.timeoutMs: found 0, expected 1 to 4999'],
    [{ acknowledge: 1, timeoutMs: 5000 }, 'replicas.timeoutMs: found 5000, expected 1 to 4999'],
  ])('refuses %j', async (replicas, message) => {
    await expect(open(replicas)).rejects.toMatchObject({ message });
  });
});
