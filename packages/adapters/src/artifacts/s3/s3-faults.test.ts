import { randomBytes } from 'node:crypto';
import type { ArtifactMeta, ArtifactStore } from '@baton/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import { type Fate, startS3Proxy } from '../testing/s3-proxy.ts';
import { createS3ArtifactStore } from './s3-artifact-store.ts';
import type { S3ArtifactStoreOptions } from './s3-artifact-store-options.ts';

const MIB = 1024 * 1024;
const META: ArtifactMeta = {
  ...{ workflowId: 'wf_1', projectId: 'shop', state: 'testing', role: 'test_auditor', epoch: 1 },
  ...{ attempt: 1, kind: 'output', name: 'test', mediaType: 'text/plain', createdAt: 1 },
};
const ALL = { workflowId: 'wf_1', after: 0, limit: 1000 };
/** A retention by which everything that no index names is old enough. */
const SWEEP = { now: Date.now() + 3_600_000, orphansAfterMs: 0 };

let prefixes = 0;

describe.skipIf(s3Missing())('a bucket on a real server', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  async function opened(options: Partial<S3ArtifactStoreOptions>): Promise<ArtifactStore> {
    const store = await createS3ArtifactStore({ ...server.at, ...options });
    onTestFinished(() => store.close());
    return store;
  }

  /** A store behind a proxy, and one beside it. */
  async function setUp(options: Partial<S3ArtifactStoreOptions> = {}) {
    const prefix = `faults/${prefixes++}`;
    const proxy = await startS3Proxy(server.port);
    onTestFinished(() => proxy.close());
    const store = await opened({ prefix, endpoint: proxy.endpoint, ...options });
    const beside = await opened({ prefix });
    const contents = () => server.keys(`${prefix}/content/`);
    return { prefix, proxy, store, beside, contents };
  }

  it('has an artifact once whose writer never heard that it was kept', async () => {
    const { store, proxy, prefix } = await setUp();
    const index = `${prefix}/index/`;
    let lost = 0;
    proxy.decide = ({ method, key }) =>
      method === 'PUT' && key.startsWith(index) && lost++ === 0 ? 'lose' : 'pass';
    const first = await store.write(META, Buffer.from('said'));
    expect(lost).toBe(2);
    proxy.decide = ({ method, key }) =>
      method === 'PUT' && key.startsWith(index) ? 'lose' : 'pass';
    const second = { ...META, name: 'second' };
    await expect(store.write(second, Buffer.from('said'))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    proxy.decide = () => 'pass';
    const again = await store.write(second, Buffer.from('said'));
    expect([first.number, again.number]).toEqual([1, 2]);
    expect(await store.list(ALL)).toEqual([first, again]);
  });

  it('is asked again where the server has too much to do, and is unavailable when that lasts', async () => {
    const { store, proxy } = await setUp();
    let busy = 2;
    proxy.decide = () => (busy-- > 0 ? { status: 503 } : 'pass');
    const kept = await store.write(META, Buffer.from('said'));
    expect(busy).toBeLessThan(0);
    proxy.decide = () => ({ status: 503 });
    for (const work of [
      () => store.write({ ...META, name: 'other' }, Buffer.from('more')),
      () => store.list(ALL),
      () => textOf(store.read(kept)),
      () => store.prune(SWEEP),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
        message: expect.stringContaining('503'),
      });
    }
  });

  it('whose server is killed in the middle of a write is unavailable, and what was left goes', async () => {
    const { store, beside, proxy, prefix, contents } = await setUp();
    proxy.decide = async ({ method, key }): Promise<Fate> => {
      if (method === 'PUT' && key.startsWith(`${prefix}/index/`)) await server.kill();
      return 'pass';
    };
    const writing = store.write(META, Buffer.from('said'));
    await expect(writing).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(beside.list(ALL)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await server.start();
    expect(await beside.list(ALL)).toEqual([]);
    expect(await contents()).toHaveLength(1);
    expect(await beside.prune(SWEEP)).toMatchObject({ orphans: 1 });
    expect(await contents()).toHaveLength(0);
    proxy.decide = () => 'pass';
    const kept = await store.write(META, Buffer.from('said'));
    expect(await textOf(beside.read(kept))).toBe('said');
  });

  it('whose answer stops in the middle is given up', async () => {
    const { store, proxy } = await setUp({ requestTimeoutMs: 500 });
    const kept = await store.write(META, randomBytes(100_000));
    proxy.decide = ({ key }) => (key.includes('/content/') ? { stallAfter: 5000 } : 'pass');
    await expect(textOf(store.read(kept))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('500 ms'),
    });
  });

  it('keeps content that is being written while another removes what nothing names', async () => {
    const { store, beside, proxy, prefix } = await setUp();
    let swept: unknown;
    proxy.decide = async ({ method, key }): Promise<Fate> => {
      if (swept === undefined && method === 'PUT' && key.startsWith(`${prefix}/index/`)) {
        swept = await beside.prune(SWEEP);
      }
      return 'pass';
    };
    const kept = await store.write(META, Buffer.from('said'));
    expect(swept).toMatchObject({ orphans: 1 });
    expect(kept).toMatchObject({ number: 1 });
    expect(await textOf(beside.read(kept))).toBe('said');
  });

  it('keeps content that is being written under a second name while its workflow is removed', async () => {
    const { store, beside, proxy, prefix } = await setUp();
    await beside.write(META, Buffer.from('said'));
    let pruned: unknown;
    proxy.decide = async ({ method, key }): Promise<Fate> => {
      if (pruned === undefined && method === 'PUT' && key.startsWith(`${prefix}/index/`)) {
        pruned = await beside.prune({ now: 10, afterMs: 0 });
      }
      return 'pass';
    };
    const kept = await store.write({ ...META, name: 'second' }, Buffer.from('said'));
    expect(pruned).toMatchObject({ workflowIds: ['wf_1'] });
    expect(await beside.list(ALL)).toEqual([{ ...kept, number: 1 }]);
    expect(await textOf(beside.read(kept))).toBe('said');
  });

  it('has every artifact of many writers at once, while others remove what nothing names', async () => {
    const { store, beside, prefix } = await setUp();
    const writers = [store, beside, await opened({ prefix }), await opened({ prefix })];
    let isWriting = true;
    const sweeping = (async () => {
      while (isWriting) await beside.prune(SWEEP);
    })();
    const each = writers.map(async (writer, w) => {
      for (let n = 0; n < 6; n++) {
        await writer.write({ ...META, name: `${w}.${n}` }, Buffer.from(`${w % 2}.${n}`));
      }
    });
    await Promise.all(each).finally(() => {
      isWriting = false;
    });
    await sweeping;
    const found = await beside.list(ALL);
    expect(found.map(({ number }) => number)).toEqual(found.map((_, i) => i + 1));
    expect(new Set(found.map(({ name }) => name)).size).toBe(24);
    for (const one of found) {
      const [w = 0, n] = one.name.split('.').map(Number);
      expect(await textOf(beside.read(one))).toBe(`${w % 2}.${n}`);
    }
  });

  it('is read in parts: what is in no part that is asked for is not fetched, and each is checked', async () => {
    const { store, proxy, prefix } = await setUp();
    const content = randomBytes(5 * MIB + 10);
    const kept = await store.write(META, content);
    for (const [from, to] of [
      [0, content.length],
      [0, 10],
      [MIB - 5, MIB + 5],
      [2 * MIB, 3 * MIB],
      [5 * MIB, content.length],
      [content.length - 1000, content.length + 1000],
    ] as const) {
      const before = proxy.received();
      const part = await wholeOf(store.read(kept, { from, to }));
      expect(part.equals(content.subarray(from, to))).toBe(true);
      const frames = Math.ceil(Math.min(to, content.length) / MIB) - Math.floor(from / MIB);
      expect(proxy.received() - before).toBeLessThan(frames * MIB + 64 * 1024);
    }
    const [key = ''] = await server.keys(`${prefix}/content/`);
    const bytes = await server.get(key);
    bytes.writeUInt8(bytes.readUInt8(3 * MIB) ^ 1, 3 * MIB);
    await server.put(key, bytes);
    expect((await wholeOf(store.read(kept, { to: MIB }))).length).toBe(MIB);
    for (const range of [undefined, { from: 2 * MIB + MIB / 2, to: 4 * MIB }]) {
      await expect(wholeOf(store.read(kept, range))).rejects.toMatchObject({
        code: 'data_loss',
        message: expect.stringContaining(kept.digest),
      });
    }
  });

  it('says which content is missing, cut off or no content, and which index cannot be read', async () => {
    const { store, prefix, contents } = await setUp();
    const kept = await store.write(META, randomBytes(2000));
    const [key = ''] = await contents();
    const bytes = await server.get(key);
    for (const [body, why] of [
      [bytes.subarray(0, -10), 'its end is missing'],
      [Buffer.alloc(bytes.length), 'it does not begin with a table'],
      [bytes.subarray(0, 4), 'it does not begin with a table'],
    ] as const) {
      await server.put(key, body);
      await expect(wholeOf(store.read(kept))).rejects.toMatchObject({
        code: 'data_loss',
        message: expect.stringContaining(why),
      });
    }
    await server.remove(key);
    await expect(wholeOf(store.read(kept))).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining('it is missing'),
    });
    const [index = ''] = await server.keys(`${prefix}/index/wf_1/`);
    await server.put(index, Buffer.from('{"artifacts":'));
    await expect(store.list(ALL)).rejects.toMatchObject({
      code: 'data_loss',
      message: expect.stringContaining('index/wf_1/0000000001'),
    });
  });

  it('removes what a removal that was cut short left of an index', async () => {
    const { store, prefix } = await setUp();
    await store.write(META, Buffer.from('said'));
    const versions = () => server.keys(`${prefix}/index/`);
    const [index = ''] = await versions();
    const body = await server.get(index);
    await store.prune({ now: 10, afterMs: 0 });
    expect(await versions()).toEqual([`${prefix}/index/wf_1/0000000002`]);
    await server.put(index, body);
    expect(await store.list(ALL)).toEqual([]);
    expect(await store.prune({ now: Date.now() })).toMatchObject({ workflowIds: [], orphans: 0 });
    expect(await versions()).toHaveLength(2);
    await store.prune(SWEEP);
    expect(await versions()).toEqual([`${prefix}/index/wf_1/0000000002`]);
  });

  it('keeps an artifact with eight requests, however many its workflow has', async () => {
    const { store, proxy } = await setUp();
    const asked: string[] = [];
    proxy.decide = ({ method }) => {
      asked.push(method);
      return 'pass';
    };
    for (let n = 0; n < 5; n++) {
      asked.length = 0;
      await store.write({ ...META, name: `${n}` }, Buffer.from(`${n}`));
    }
    expect(asked.sort()).toEqual(['DELETE', ...Array(5).fill('GET'), 'PUT', 'PUT']);
  });

  it('keeps what others have beside its own', async () => {
    const { store, prefix } = await setUp();
    const kept = await store.write(META, Buffer.from('said'));
    const others = ['content/notes.txt', 'content/wf_1/notes.txt', 'index/wf_1/notes', 'other'];
    for (const key of others) await server.put(`${prefix}/${key}`, Buffer.from('of others'));
    expect(await store.list(ALL)).toEqual([kept]);
    const pruned = await store.prune({ ...SWEEP, afterMs: 0 });
    expect(pruned).toMatchObject({ workflowIds: ['wf_1'], orphans: 0 });
    const left = await server.keys(`${prefix}/`);
    for (const key of others) expect(left).toContain(`${prefix}/${key}`);
    // With the format and what says that the workflow has nothing.
    expect(left).toHaveLength(others.length + 2);
  });
});

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return Buffer.concat(found);
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  return (await wholeOf(pieces)).toString('utf8');
}
