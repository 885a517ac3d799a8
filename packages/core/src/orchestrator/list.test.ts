import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
import { BatonError, type ErrorCode } from '../model/errors.ts';
import type { WorkflowStore } from '../ports/workflow-store.ts';
import { setUp } from './testing/set-up.ts';

const build = { projectId: 'p', userId: 'u', requirements: {} };

/** A store of builds that remembers how many it was asked for at a time. */
async function builds(count: number) {
  const memory = await createMemoryStore();
  const asked: number[] = [];
  const store: WorkflowStore = {
    ...memory,
    listWorkflows(query) {
      asked.push(query.limit);
      return memory.listWorkflows(query);
    },
  };
  const { baton } = await setUp({ store });
  const ids: string[] = [];
  for (let i = 0; i < count; i++) {
    ids.push((await baton.start({ ...build, buildId: `b${i}` })).workflowId);
  }
  return { store, baton, asked, ids: ids.sort() };
}

describe('list', () => {
  it.each([
    [70, [25, 25, 21]],
    [50, [25, 25, 1]],
    [10, [11]],
  ])(
    'of pages of %d asks for few at a time, for each comes with its payloads',
    async (pageSize, limits) => {
      const { baton, asked, ids } = await builds(71);
      const page = await baton.list({ pageSize });
      expect(page.workflows.map(({ workflowId }) => workflowId)).toEqual(ids.slice(0, pageSize));
      expect(asked).toEqual(limits);
      expect(page.nextPageToken).toBeDefined();
    },
  );

  it('of a search ends after many names, with what was found, and goes on from there', async () => {
    const memory = await createMemoryStore();
    const TOTAL = 50_000;
    let looked = 0;
    const nameOf = (i: number) => ({ id: `wf_${i}`, createdAt: i, buildId: `b${i}`, userId: 'u' });
    const store: WorkflowStore = {
      ...memory,
      async listNames({ after, limit }) {
        const first = after === undefined ? 0 : after.createdAt + 1;
        const found = Array.from({ length: Math.min(limit, TOTAL - first) }, (_, i) =>
          nameOf(first + i),
        );
        looked += found.length;
        return found;
      },
    };
    const { baton } = await setUp({ store });
    const pages: number[] = [];
    for (let pageToken: string | undefined; ; ) {
      const page = await baton.list({ search: 'nowhere', pageToken });
      expect(page.workflows).toEqual([]);
      pages.push(looked);
      pageToken = page.nextPageToken;
      if (pageToken === undefined) break;
    }
    expect(pages).toEqual([20_000, 40_000, 50_000]);
  });

  it('of a search loads few more than it shows', async () => {
    const { store } = await builds(120);
    let loads = 0;
    const counting: WorkflowStore = {
      ...store,
      load(...query) {
        loads += 1;
        return store.load(...query);
      },
    };
    const { baton } = await setUp({ store: counting });
    const page = await baton.list({ search: 'B', pageSize: 10 });
    expect(page.workflows).toHaveLength(10);
    expect(page.nextPageToken).toBeDefined();
    expect(loads).toBe(25);
  });

  it('of a search leaves out what cannot be read, and fails when the store is away', async () => {
    const { store, ids } = await builds(3);
    let code: ErrorCode = 'data_loss';
    const broken: WorkflowStore = {
      ...store,
      async load(id, ...request) {
        if (id === ids[1]) throw new BatonError(code, 'broken');
        return store.load(id, ...request);
      },
    };
    const { baton } = await setUp({ store: broken });
    expect((await baton.list({ search: 'b' })).workflows).toHaveLength(2);
    code = 'unavailable';
    await expect(baton.list({ search: 'b' })).rejects.toMatchObject({ code });
  });

  it('of a search leaves out what has moved on since its name was read', async () => {
    const { baton, store } = await setUp();
    await baton.start({ ...build, buildId: 'dark' });
    const names = await store.listNames({ limit: 10 });
    const late = await setUp({ store: { ...store, listNames: async () => names } });
    const search = (state: string) => late.baton.list({ search: 'dark', state });
    expect((await search('discovery')).workflows).toHaveLength(1);
    expect((await search('planning')).workflows).toEqual([]);
  });

  it('refuses the page token of another order, another wait and another search', async () => {
    const { baton } = await builds(3);
    const { nextPageToken: pageToken } = await baton.list({ pageSize: 1 });
    for (const other of [
      { newestFirst: true },
      { awaiting: 'answers' as const },
      { search: 'b' },
    ]) {
      await expect(baton.list({ ...other, pageToken })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('of another list or other filters'),
      });
    }
    await expect(baton.list({ awaiting: 'lunch' as never })).rejects.toThrow(
      '"answers"|"approval"',
    );
    await expect(baton.list({ search: '' })).rejects.toThrow('expected at least 1 characters');
  });

  it('ends where there are no more', async () => {
    const { baton, asked, ids } = await builds(30);
    const page = await baton.list({ pageSize: 40 });
    expect(page.workflows).toHaveLength(ids.length);
    expect(page.nextPageToken).toBeUndefined();
    expect(asked).toEqual([25, 16]);
  });
});
