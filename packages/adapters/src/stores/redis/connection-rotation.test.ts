import { createOrchestrator, type Orchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { openRotation } from './connection-rotation.ts';
import { createRedisStore } from './redis-store.ts';
import type { RedisStoreOptions } from './redis-store-options.ts';

/** A client whose stream records its operations in `told`. */
function client(told: string[], name: string) {
  const tell = (what: string) => () => void told.push(`${what} ${name}`);
  const stream = { cork: tell('cork'), uncork: tell('uncork') };
  const made: object = { name, stream, on() {}, disconnect: tell('disconnect') };
  return made as Redis;
}

describe('the rotation of connections', () => {
  it('take turns, and write once for all that came in one turn of the event loop', async () => {
    const told: string[] = [];
    const first = client(told, 'a');
    const second = client(told, 'b');
    const rotation = openRotation(Object.assign(first, { duplicate: () => second }), 2);
    expect([rotation.next(), rotation.next(), rotation.next()]).toEqual([first, second, first]);
    expect(told).toEqual(['cork a', 'cork b']);
    await new Promise(setImmediate);
    expect(told.splice(0)).toEqual(['cork a', 'cork b', 'uncork a', 'uncork b']);
    expect(rotation.next()).toBe(second);
    await new Promise(setImmediate);
    expect(told).toEqual(['cork b', 'uncork b']);
  });

  it('uncork what they corked when the connection was made anew meanwhile', async () => {
    const told: string[] = [];
    const lane = client(told, 'old');
    openRotation(lane, 1).next();
    Object.assign(lane, { stream: client(told, 'new').stream });
    await new Promise(setImmediate);
    expect(told).toEqual(['cork old', 'uncork old']);
  });

  it('send over what is not connected yet', () => {
    const lane = Object.assign(client([], 'a'), { stream: undefined });
    expect(openRotation(lane, 1).next()).toBe(lane);
  });
});

describe.skipIf(redisMissing())('the connections of commits', () => {
  let redis: PrivateRedis;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => redis.destroy());

  async function open(options: Partial<RedisStoreOptions>): Promise<[Orchestrator, WorkflowStore]> {
    const store = await createRedisStore({ connection: redis.url, warn() {}, ...options });
    ends.push(() => store.close());
    return [createOrchestrator({ store }), store];
  }

  /** Ids of the connections that ran a commit's script last; only the store does so here. */
  async function committers(): Promise<string[]> {
    const list = (await redis.connect().client('LIST')) as string;
    const found = list.split('\n').filter((line) => / cmd=eval(sha)? /.test(line));
    return found.map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
  }

  let builds = 0;

  /** Workflows in discovery. */
  async function started(baton: Orchestrator, count: number): Promise<readonly string[]> {
    const build = { projectId: 'p', userId: 'u', requirements: { a: 1 } };
    const replies = await Promise.all(
      Array.from({ length: count }, () => baton.start({ ...build, buildId: `b${builds++}` })),
    );
    return replies.map(({ workflowId }) => workflowId);
  }

  const advance = (baton: Orchestrator, workflowId: string) =>
    baton.advance({
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
    });

  it.each([
    ['four by default', {}, 4],
    ['as many as are asked for', { commitConnections: 2 }, 2],
  ])('are %s, and none when the store is closed', async (_, options, expected) => {
    const [baton, store] = await open(options);
    const ids = await started(baton, 32);
    await Promise.all(ids.map((id) => advance(baton, id)));
    expect(await committers()).toHaveLength(expected);
    await store.close();
    await expect.poll(committers).toEqual([]);
  });

  it('are only the one that was injected', async () => {
    const connection = new Redis(redis.url);
    ends.push(() => connection.disconnect());
    const [baton] = await open({ connection });
    const ids = await started(baton, 32);
    await Promise.all(ids.map((id) => advance(baton, id)));
    expect(await committers()).toHaveLength(1);
  });

  it('come back when the server has cut them, and every commit is there once', async () => {
    const [baton, store] = await open({});
    await Promise.all((await started(baton, 32)).map((id) => advance(baton, id)));
    const ids = await started(baton, 32);
    for (const id of await committers()) await redis.connect().client('KILL', 'ID', id);
    await Promise.all(ids.map((id) => advance(baton, id)));
    for (const workflowId of ids) {
      const events = await store.readEvents({ workflowId, after: 0, limit: 10 });
      expect(events.map(({ sequence }) => sequence)).toEqual([1, 2]);
    }
  });
});
