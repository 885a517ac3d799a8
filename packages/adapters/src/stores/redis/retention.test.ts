import { createOrchestrator, type WorkflowStore } from '@baton/core';
import { passingOutputs } from '@baton/core/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { createRedisStore } from './redis-store.ts';
import type { ArchivedWorkflow, Retention } from './redis-store-options.ts';

const KEEP_MS = 60_000;

describe.skipIf(redisMissing())('the retention', () => {
  let redis: PrivateRedis;
  let prefixes = 0;
  let prefix = '';
  let now = Date.now();
  const lines: string[] = [];
  const opened: WorkflowStore[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    lines.length = 0;
  });
  afterAll(() => redis.destroy());

  async function open(retention?: Partial<Retention>): Promise<WorkflowStore> {
    const store = await createRedisStore({
      connection: redis.url,
      prefix,
      now: () => now,
      warn: (line) => lines.push(line),
      retention: retention && { keepMs: KEEP_MS, everyMs: 5, ...retention },
    });
    opened.push(store);
    return store;
  }

  const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };

  /** A workflow that completes the short way. */
  async function complete(store: WorkflowStore, buildId = 'b'): Promise<string> {
    const { workflowId } = await createOrchestrator({ store }).start({
      ...build,
      buildId,
      requestId: `start-${buildId}`,
    });
    const loaded = await store.load(workflowId);
    if (loaded === undefined) throw new Error('not started');
    const result = await store.commit([
      {
        snapshot: {
          ...loaded.snapshot,
          state: 'complete',
          role: undefined,
          revision: 2,
          outputs: { discovery: passingOutputs.discovery },
          completedAt: now,
        },
        follows: loaded.snapshot,
        changedOutputs: ['discovery'],
        handoffs: [],
        events: [],
        stats: {
          total: 0,
          completed: 1,
          failed: 0,
          cancelled: 0,
          completedDurationMs: 5,
          completedHandoffs: 0,
        },
      },
    ]);
    expect(result).toEqual([{ kind: 'committed' }]);
    return workflowId;
  }

  function fresh(): void {
    prefix = `retention-${prefixes++}`;
    now = Date.now();
  }

  it('keeps everything for ever when it is not configured', async () => {
    fresh();
    const store = await open();
    const id = await complete(store);
    now += 10 * KEEP_MS;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await store.load(id)).toBeDefined();
    expect(lines).toEqual([]);
  });

  it('removes what was complete long enough, from every index, and says so; counters stay', async () => {
    fresh();
    const store = await open({});
    const baton = createOrchestrator({ store });
    const old = await complete(store);
    const running = (await baton.start({ ...build, buildId: 'running' })).workflowId;
    now += KEEP_MS - 1;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await store.load(old)).toBeDefined();
    now += 1;
    await expect.poll(() => store.load(old)).toBeUndefined();
    await expect.poll(() => lines).toHaveLength(2);
    expect(lines).toEqual([
      'complete workflows are removed 60000 ms after their end',
      `removed 1 workflows that had been complete for 60000 ms: ${old}`,
    ]);
    for (const query of [{}, { projectId: 'p' }, { state: 'complete' }]) {
      const found = await store.listWorkflows({ ...query, limit: 10 });
      expect(found.map(({ id }) => id)).toEqual('state' in query ? [] : [running]);
    }
    expect(await store.readStats('p')).toMatchObject({ total: 2, completed: 1 });
    const admin = redis.connect();
    for (const index of await admin.keys(`${prefix}:*:index`)) {
      expect((await admin.zrange(index, '0', '-1')).filter((place) => place.endsWith(old))).toEqual(
        [],
      );
    }
    const left = await admin.keys(`${prefix}:*${old}*`);
    expect(left.map((key) => key.split(':')[2])).toEqual(['removed']);
  });

  it('keeps a project in the list whose workflows it has all removed', async () => {
    fresh();
    const store = await open({});
    const old = await complete(store);
    await createOrchestrator({ store }).start({ ...build, projectId: 'q', buildId: 'running' });
    now += KEEP_MS;
    await expect.poll(() => store.load(old)).toBeUndefined();
    const all = { after: '', limit: 9 };
    expect(await store.listWorkflows({ projectId: 'p', limit: 9 })).toEqual([]);
    expect(await store.listProjects(all)).toEqual(['p', 'q']);
    expect(await store.listProjects({ ...all, projectIds: ['p', 'none'] })).toEqual(['p']);
    expect(await store.listProjects({ ...all, after: 'p' })).toEqual(['q']);
  });

  it('frees memory on a server that has none left', async () => {
    fresh();
    const store = await open({});
    const old = await complete(store);
    const admin = redis.connect();
    await admin.config('SET', 'maxmemory', '1');
    try {
      now += KEEP_MS;
      await expect.poll(() => store.load(old)).toBeUndefined();
      await expect.poll(() => admin.keys(`${prefix}:*:build:*`)).toEqual([]);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
  });

  it.each([
    [{ keepMs: Number.NaN }, 'retention.keepMs: found NaN, expected 1 to'],
    [{ everyMs: 0 }, 'retention.everyMs: found 0, expected 1 to 2147483647'],
  ])('refuses %j', async (retention, message) => {
    fresh();
    await expect(open(retention)).rejects.toThrow(message);
  });

  it('gives the build id back, but never to the start that is over', async () => {
    fresh();
    const store = await open({});
    const old = await complete(store);
    now += KEEP_MS;
    await expect.poll(() => store.load(old)).toBeUndefined();
    const baton = createOrchestrator({ store });
    await expect(baton.start({ ...build, requestId: 'start-b' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    await expect(baton.start(build)).resolves.toMatchObject({ state: 'discovery' });
  });

  it('archives before it removes, and removes nothing that was not archived', async () => {
    fresh();
    const archived: ArchivedWorkflow[] = [];
    let full = true;
    const archive = async (workflow: ArchivedWorkflow): Promise<void> => {
      if (full) throw new Error('the archive is full');
      archived.push(workflow);
    };
    const store = await open({ archive });
    const id = await complete(store);
    now += KEEP_MS;
    await expect.poll(() => lines.at(-1)).toMatch(/could not remove.*the archive is full/);
    const kept = await store.load(id);
    expect(kept).toBeDefined();
    full = false;
    await expect.poll(() => store.load(id)).toBeUndefined();
    expect(archived).toMatchObject([{ snapshot: kept?.snapshot, events: [{ sequence: 1 }] }]);
  });
});
