import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator } from '@baton/core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type PrivatePostgres,
  postgresMissing,
  startPrivatePostgres,
} from '../testing/private-postgres.ts';
import { type PrivateRedis, redisMissing, startRedis } from '../testing/private-redis.ts';
import { migrateStore } from './migrate-store.ts';
import { type OpenedStore, openStore } from './open-store.ts';

const opened: OpenedStore[] = [];
async function open(url: string): Promise<OpenedStore> {
  const one = await openStore(url);
  opened.push(one);
  return one;
}
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: { a: 1 } };

const build2 = { ...build, buildId: 'b2' };

/** Another handle on the store finds a workflow that one handle has started, and a document. */
async function sharesWorkflows(url: string): Promise<void> {
  const [a, b] = [await open(url), await open(url)];
  const { workflowId } = await createOrchestrator({ store: a.store }).start(build);
  const document = { collection: 'c', key: 'k', value: { a: 1 } };
  expect(await a.documents.write({ ...document, follows: 0 })).toBe(true);
  await a.close();
  expect((await b.store.load(workflowId))?.snapshot.buildId).toBe('b');
  expect((await b.documents.read('c', 'k'))?.value).toEqual({ a: 1 });
}

/** A hint of one process reaches the runners of another. */
async function sharesHints(url: string): Promise<void> {
  const [a, b] = [await open(url), await open(url)];
  const heard: string[] = [];
  b.dispatcher?.subscribe(({ workflowId }) => heard.push(workflowId));
  const announce = () => {
    a.dispatcher?.announce({ workflowId: 'wf_1', role: 'q_assistant' });
    return heard;
  };
  await expect.poll(announce).toContain('wf_1');
}

describe('in this process', () => {
  it('memory: keeps workflows until it is closed, and has no hints', async () => {
    const { store, dispatcher, description } = await open('memory:');
    const { workflowId } = await createOrchestrator({ store }).start(build);
    expect(await store.load(workflowId)).toBeDefined();
    expect([dispatcher, description]).toEqual([undefined, 'memory:']);
  });

  it.each([
    ['retention', { retention: { keepMs: 1 } }],
    ['replicas', { replicas: { acknowledge: 1 } }],
  ])('refuses %s, which would come to nothing', async (name, options) => {
    await expect(openStore('memory:', options)).rejects.toMatchObject({
      code: 'invalid_input',
      message: `${name}: found it with a memory store, expected it with a Redis store only`,
    });
  });

  it('sqlite: shares a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-open-'));
    try {
      const url = `sqlite:${join(folder, 'new', 'baton.db')}`;
      expect(await migrateStore(url)).toEqual({ kind: 'on_opening' });
      await sharesWorkflows(url);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(redisMissing())('redis:', () => {
  let redis: PrivateRedis;
  let url: string;
  beforeAll(async () => {
    redis = await startRedis();
    await redis.connect().config('SET', 'requirepass', 'secret');
    url = redis.url.replace('//', '//:secret@');
  });
  afterAll(() => redis.destroy());

  it('shares workflows and hints, and hides the password', async () => {
    await sharesWorkflows(url);
    await sharesHints(url);
    expect((await open(url)).description).toBe(`redis://:***@127.0.0.1:${redis.port}`);
    expect(await migrateStore(url)).toEqual({ kind: 'no_tables' });
  });

  it('removes complete workflows when it is told to, and waits for replicas that it is told of', async () => {
    const lines: string[] = [];
    const retention = { keepMs: 1, everyMs: 5 };
    const one = await openStore(url, { retention, warn: (line) => lines.push(line) });
    opened.push(one);
    const { workflowId } = await createOrchestrator({ store: one.store }).start(build2);
    const found = await one.store.load(workflowId);
    if (found === undefined) throw new Error('not started');
    const snapshot = { ...found.snapshot, state: 'complete', role: undefined, revision: 2 };
    const completedAt = snapshot.createdAt;
    const rest = { follows: found.snapshot, changedOutputs: [], handoffs: [], events: [] };
    const [committed] = await one.store.commit([
      { snapshot: { ...snapshot, completedAt }, ...rest },
    ]);
    expect(committed).toEqual({ kind: 'committed' });
    await expect.poll(() => one.store.load(workflowId)).toBeUndefined();
    await expect.poll(() => lines.at(-1)).toMatch(`removed 1 workflows`);
    const lonely = openStore(url, { replicas: { acknowledge: 1, timeoutMs: 20 } });
    await expect(lonely).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('expected 1, found 0 within 20 ms'),
    });
  });

  it('says that no sentinel is there', async () => {
    const url = 'redis+sentinel://:secret@127.0.0.1:1,127.0.0.1:2/main';
    const away = await openStore(url, { timeoutMs: 500 }).catch((reason) => reason);
    expect(away).toMatchObject({ code: 'unavailable', retryable: true });
    expect(away.message).toMatch(
      /no sentinel named a reachable master within 500 ms.*All sentinels/,
    );
    expect(away.message).not.toContain('secret');
  });

  it('says at once that it is away, and that its password is wrong', async () => {
    const away = await openStore('redis://:secret@127.0.0.1:1').catch((reason) => reason);
    expect(away).toMatchObject({ code: 'unavailable', retryable: true });
    expect(away.message).toContain('redis://:***@127.0.0.1:1 cannot be opened');
    const wrong = await openStore(url.replace('secret', 'hidden')).catch((reason) => reason);
    expect(wrong).toMatchObject({ code: 'unavailable', retryable: false });
    expect(away.message + wrong.message).not.toMatch(/secret|hidden/);
  });
});

describe.skipIf(postgresMissing())('postgres:', () => {
  let postgres: PrivatePostgres;
  const urlOf = (database: string) =>
    postgres.url.replace('//baton', '//baton:secret').replace(/[^/]+$/, database);
  beforeAll(async () => {
    postgres = await startPrivatePostgres();
    await postgres.query('CREATE DATABASE migrated');
  });
  afterAll(() => postgres.destroy());

  it('shares workflows and hints, and hides the password', async () => {
    const url = urlOf('postgres');
    await sharesWorkflows(url);
    await sharesHints(url);
    const { description } = await open(url.replace('postgres:', 'postgresql:'));
    expect(description).toBe(`postgresql://baton:***@127.0.0.1:${postgres.port}/postgres`);
  });

  it('migrates when it is told to, and says before what it would do', async () => {
    const url = urlOf('migrated');
    const planned = await migrateStore(url, { dryRun: true });
    expect(planned).toMatchObject({ sql: expect.stringContaining('CREATE TABLE build_workflows') });
    expect(await migrateStore(url, { dryRun: true })).toEqual(planned);
    expect(await migrateStore(url)).toEqual(planned);
    expect(await migrateStore(url)).toEqual({ kind: 'sql', sql: '' });
    await sharesWorkflows(url);
  });

  it("keeps its tables in the schema of the URL's search path", async () => {
    await postgres.query('CREATE SCHEMA apart');
    await sharesWorkflows(`${urlOf('postgres')}?options=-c%20search_path%3Dapart`);
    const found = await postgres.query(
      'SELECT count(*)::int4 AS builds FROM apart.build_workflows',
    );
    expect(found).toEqual([{ builds: 1 }]);
  });

  it('says at once that it is away', async () => {
    const error = await openStore('postgres://u:secret@127.0.0.1:1/none').catch((reason) => reason);
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).not.toContain('secret');
  });
});
