import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, bucketFixture, META, SWEEP, textOf, wholeOf } from '../testing/bucket-fixture.ts';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import type { Fate } from '../testing/s3-proxy.ts';

const MIB = 1024 * 1024;

describe.skipIf(s3Missing())('a bucket on a real server', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  it('has an artifact once whose writer never heard that it was kept', async () => {
    const { store, proxy, prefix } = await bucketFixture(server);
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
    const { store, proxy } = await bucketFixture(server);
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
    const { store, beside, proxy, prefix, contents } = await bucketFixture(server);
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

  it('whose answer stops in the middle is asked for the rest, and given up when that lasts', async () => {
    const { store, proxy } = await bucketFixture(server, { idleTimeoutMs: 2000 });
    const content = randomBytes(3 * MIB);
    const kept = await store.write(META, content);
    const ranges: unknown[] = [];
    proxy.decide = ({ key, headers }) => {
      if (!key.includes('/content/')) return 'pass';
      ranges.push(headers.range);
      return ranges.length < 3 ? { stallAfter: 1.5 * MIB } : 'pass';
    };
    expect((await wholeOf(store.read(kept))).equals(content)).toBe(true);
    expect(ranges).toHaveLength(3);
    expect(ranges[0]).toBeUndefined();
    proxy.decide = ({ key }) => (key.includes('/content/') ? { stallAfter: 5000 } : 'pass');
    await expect(textOf(store.read(kept))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      message: expect.stringContaining('2000 ms'),
    });
  });

  it('is read to the end by one who is slower than the connection lasts', async () => {
    const { store, beside } = await bucketFixture(server, { idleTimeoutMs: 3000 });
    const content = randomBytes(6 * MIB);
    const kept = await beside.write(META, content);
    const found: Uint8Array[] = [];
    for await (const piece of store.read(kept)) {
      if (found.length === 0) await sleep(6000);
      found.push(piece);
    }
    expect(Buffer.concat(found).equals(content)).toBe(true);
  });

  it('closes the connection of who reads no further', async () => {
    const { store, beside, proxy } = await bucketFixture(server, { idleTimeoutMs: 3_600_000 });
    const kept = await beside.write(META, randomBytes(16 * MIB));
    expect(proxy.leftEarly()).toBe(0);
    for await (const _ of store.read(kept)) break;
    await expect.poll(() => proxy.leftEarly()).toBe(1);
    expect((await wholeOf(store.read(kept))).length).toBe(16 * MIB);
    expect(proxy.leftEarly()).toBe(1);
  });

  it('is read in parts: what is in no part that is asked for is not fetched, and each is checked', async () => {
    const { store, proxy, prefix } = await bucketFixture(server);
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
    const { store, prefix, contents } = await bucketFixture(server);
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

  it('finds all objects where one answer of the server has a thousand', async () => {
    const { store, prefix, contents } = await bucketFixture(server);
    const kept = await store.write(META, Buffer.from('said'));
    const digest = '0'.repeat(64);
    for (let n = 0; n < 1010; n += 101) {
      const some = Array.from({ length: 101 }, (_, i) => (n + i).toString(16).padStart(16, '0'));
      await Promise.all(
        some.map((random) =>
          server.put(`${prefix}/content/wf_1/${digest}.${random}`, Buffer.from('left')),
        ),
      );
    }
    expect(await store.prune(SWEEP)).toMatchObject({ orphans: 1010 });
    expect(await contents()).toHaveLength(1);
    expect(await textOf(store.read(kept))).toBe('said');
  });

  it('keeps an artifact with eight requests, however many its workflow has', async () => {
    const { store, proxy } = await bucketFixture(server);
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
    const { store, prefix } = await bucketFixture(server);
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
