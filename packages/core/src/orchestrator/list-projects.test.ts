import { expect, it } from 'vitest';
import { aBuild } from '../testing/store-contract/harness.ts';
import { setUp } from './testing/set-up.ts';

it('lists projects in pages, whose tokens are for the same list alone', async () => {
  const { baton } = await setUp();
  const names = ['a', 'b', 'c', 'd'];
  for (const projectId of names) await baton.start(aBuild({ projectId }));
  const first = await baton.listProjects({ pageSize: 2 });
  expect(first.projectIds).toEqual(['a', 'b']);
  const { nextPageToken: pageToken } = first;
  // A project that comes in between is neither missed behind the page nor moves what is on it.
  await baton.start(aBuild({ projectId: 'aa' }));
  expect(await baton.listProjects({ pageSize: 2, pageToken })).toEqual({
    projectIds: ['c', 'd'],
    nextPageToken: undefined,
  });
  const named = { projectIds: ['d', 'none', 'a', 'd'], pageSize: 1 };
  const one = await baton.listProjects(named);
  expect(one.projectIds).toEqual(['a']);
  const two = await baton.listProjects({ ...named, pageToken: one.nextPageToken });
  expect(two).toEqual({ projectIds: ['d'], nextPageToken: undefined });
  for (const wrong of [{ pageToken: one.nextPageToken }, { pageSize: 0 }, { projectIds: [] }]) {
    await expect(baton.listProjects(wrong)).rejects.toMatchObject({ code: 'invalid_input' });
  }
});
