import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createOrchestrator, type WorkflowEvent, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const WORKFLOWS = 16;

describe.skipIf(redisMissing())(`the Redis store, when its server dies (SEED=${seed})`, () => {
  let redis: PrivateRedis | undefined;
  const opened: WorkflowStore[] = [];

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await redis?.destroy();
  });

  async function open(url: string, commandTimeoutMs = 5000): Promise<WorkflowStore> {
    const store = await createRedisStore({
      connection: url,
      shards: 4,
      commandTimeoutMs,
      warn() {},
    });
    opened.push(store);
    return store;
  }

  const aBuild = (i: number) => ({
    projectId: 'p',
    buildId: `b${i}`,
    userId: 'u',
    requirements: {},
  });

  it('has every acknowledged commit once after SIGKILL under load, without a gap', async () => {
    redis = await startRedis();
    const store = await open(redis.url);
    const baton = createOrchestrator({ store });
    const ids = await Promise.all(
      Array.from({ length: WORKFLOWS }, async (_, i) => (await baton.start(aBuild(i))).workflowId),
    );
    const acknowledged: string[] = [];
    let unknown = 0;
    let running = true;
    const load = ids.map(async (workflowId) => {
      for (let i = 0; running; i++) {
        const reason = `${workflowId} ${i}`;
        try {
          await baton.rollback({ workflowId, targetState: 'discovery', reason });
          acknowledged.push(reason);
        } catch (error) {
          expect(error).toMatchObject({ code: 'unavailable', retryable: true });
          unknown++;
        }
      }
    });
    for (let kill = 0; kill < 5; kill++) {
      await sleep(random() * 200);
      await redis.kill();
      await redis.restart();
    }
    await expect.poll(() => acknowledged.length).toBeGreaterThan(WORKFLOWS);
    running = false;
    await Promise.all(load);

    const found = new Map<string, number>();
    for (const workflowId of ids) {
      for (const { type, data } of await intactEvents(store, workflowId)) {
        const reason = String(data['reason']);
        if (type === 'rollback_requested') found.set(reason, (found.get(reason) ?? 0) + 1);
      }
    }
    expect(acknowledged.filter((reason) => found.get(reason) !== 1)).toEqual([]);
    expect([...found.values()].every((times) => times === 1)).toBe(true);
    expect(found.size).toBeLessThanOrEqual(acknowledged.length + unknown);
  });

  it('is unavailable while its server is paused, and then answers the same request', async () => {
    redis = await startRedis();
    const store = await open(redis.url, 300);
    const baton = createOrchestrator({ store });
    const { workflowId } = await baton.start(aBuild(0));
    const request = {
      workflowId,
      role: 'q_assistant',
      completedState: 'discovery',
      result: passingOutputs.discovery,
      requestId: 'r-1',
    };
    await redis.kill('SIGSTOP');
    await expect(baton.advance(request)).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    await redis.kill('SIGCONT');
    await expect
      .poll(() => baton.advance(request).catch(() => undefined))
      .toMatchObject({ state: 'planning', revision: 2 });
    expect(await intactEvents(store, workflowId)).toHaveLength(2);
  });

  it('has no half commit after its file was cut off anywhere', async () => {
    redis = await startRedis(['--aof-load-truncated', 'yes']);
    const store = await open(redis.url);
    const baton = createOrchestrator({ store });
    const ids: string[] = [];
    for (let i = 0; i < 6; i++) {
      const { workflowId } = await baton.start(aBuild(i));
      ids.push(workflowId);
      const advance = { workflowId, role: 'q_assistant', completedState: 'discovery' };
      await baton.advance({ ...advance, result: passingOutputs.discovery, requestId: 'r' });
      await baton.advance({ ...advance, completedState: 'planning', nextState: 'error' });
      await baton.rollback({ workflowId, targetState: 'discovery', reason: 'again' });
    }
    await store.close();
    await redis.kill();
    const [file = ''] = globSync('appendonlydir/*.incr.aof', { cwd: redis.folder });
    const path = join(redis.folder, file);
    const whole = readFileSync(path);
    const lengths = new Set<number>();
    for (let turn = 0; turn < 15; turn++) {
      writeFileSync(path, whole.subarray(0, Math.floor(random() * whole.length)));
      await redis.restart();
      const left = await open(redis.url);
      const listed = await left.listWorkflows({ limit: 100 });
      for (const snapshot of listed) {
        await intactEvents(left, snapshot.id);
        const handoffs = await left.readHandoffs({ workflowId: snapshot.id, after: 0, limit: 10 });
        expect(handoffs).toHaveLength(snapshot.handoffs);
        const reply = (await left.load(snapshot.id, 'r'))?.reply;
        expect(reply !== undefined).toBe(snapshot.revision > 1);
        const { state } = snapshot;
        expect((await left.listWorkflows({ state, limit: 100 })).map(({ id }) => id)).toContain(
          snapshot.id,
        );
      }
      lengths.add(listed.length);
      const counted = await left.readStats('p');
      expect(counted.total).toBe(listed.length);
      expect(counted.failed).toBe(listed.filter(({ state }) => state === 'error').length);
      await left.close();
      await redis.kill();
    }
    expect(lengths.size).toBeGreaterThan(2);
    writeFileSync(path, whole);
    await redis.restart();
    expect(await (await open(redis.url)).listWorkflows({ limit: 100 })).toHaveLength(ids.length);
  });
});

/** The events of a workflow, after checking that they match its snapshot. */
async function intactEvents(store: WorkflowStore, workflowId: string): Promise<WorkflowEvent[]> {
  const snapshot = (await store.load(workflowId))?.snapshot;
  const events: WorkflowEvent[] = [];
  for (let page: readonly WorkflowEvent[] = []; ; ) {
    page = await store.readEvents({ workflowId, after: events.length, limit: 1000 });
    if (page.length === 0) break;
    events.push(...page);
  }
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
  expect(events).toHaveLength(snapshot?.sequence ?? -1);
  expect(events.at(-1)?.revision).toBe(snapshot?.revision);
  return events;
}

let state = seed;

/** A number from 0 to 1, reproducible from the seed (a linear congruential generator). */
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
