import { randomBytes } from 'node:crypto';
import type { Artifact } from '@baton/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, bucketFixture, META, SWEEP, textOf } from '../testing/bucket-fixture.ts';
import { type PrivateS3, s3Missing, startPrivateS3 } from '../testing/private-s3.ts';
import type { Fate } from '../testing/s3-proxy.ts';

describe.skipIf(s3Missing())('a bucket that several work with at once', () => {
  let server: PrivateS3;
  beforeAll(async () => {
    server = await startPrivateS3();
  });
  afterAll(() => server?.destroy());

  it('keeps nothing twice of two writers of the same, and nothing of one who is left no room', async () => {
    const { store, beside, proxy, prefix, contents } = await bucketFixture(server, {
      maxWorkflowBytes: 3000,
    });
    let isFirst = true;
    const after = (work: () => Promise<unknown>) => {
      isFirst = true;
      proxy.decide = async ({ method, key }): Promise<Fate> => {
        if (isFirst && method === 'PUT' && key.startsWith(`${prefix}/index/`)) {
          isFirst = false;
          await work();
        }
        return 'pass';
      };
    };
    const same = randomBytes(1000);
    after(() => beside.write(META, same));
    expect(await store.write(META, same)).toMatchObject({ number: 1 });
    expect(await contents()).toHaveLength(1);
    after(() => beside.write({ ...META, name: 'takes the room' }, randomBytes(1500)));
    const late = store.write({ ...META, name: 'late' }, randomBytes(1000));
    await expect(late).rejects.toMatchObject({ code: 'limit_exceeded' });
    expect(await contents()).toHaveLength(2);
  });

  it('loses what goes also when the answer to that is lost, and nothing that is written since', async () => {
    const { store, beside, proxy, prefix, contents } = await bucketFixture(server);
    await store.write(META, Buffer.from('said'));
    let since: Artifact | undefined;
    proxy.decide = ({ method, key }) => {
      const isFirst = since === undefined && method === 'PUT' && key.startsWith(`${prefix}/index/`);
      if (!isFirst) return 'pass';
      return {
        loseAfter: async () => {
          since = await beside.write({ ...META, name: 'since' }, Buffer.from('more'));
        },
      };
    };
    expect(await store.prune({ now: 10, afterMs: 0 })).toMatchObject({ workflowIds: ['wf_1'] });
    expect(await contents()).toHaveLength(1);
    expect(await store.list(ALL)).toEqual([since]);
    expect(await textOf(store.read(since as unknown as Artifact))).toBe('more');
  });

  it('keeps content that is being written while another removes what nothing names', async () => {
    const { store, beside, proxy, prefix } = await bucketFixture(server);
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
    const { store, beside, proxy, prefix } = await bucketFixture(server);
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
    const { store, beside, another } = await bucketFixture(server);
    const writers = [store, beside, await another(), await another()];
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

  it('removes what a removal that was cut short left of an index', async () => {
    const { store, prefix } = await bucketFixture(server);
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
});
