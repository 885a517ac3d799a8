import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../memory/memory-store.ts';
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
  return { baton, asked, ids: ids.sort() };
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

  it('ends where there are no more', async () => {
    const { baton, asked, ids } = await builds(30);
    const page = await baton.list({ pageSize: 40 });
    expect(page.workflows).toHaveLength(ids.length);
    expect(page.nextPageToken).toBeUndefined();
    expect(asked).toEqual([25, 16]);
  });
});
