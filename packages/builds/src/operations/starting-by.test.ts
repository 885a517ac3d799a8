import { expect, it, vi } from 'vitest';
import type { Operations } from './operations.ts';
import { startingBy } from './starting-by.ts';

const build = { projectId: 'p', buildId: 'b', userId: 'u', requirements: {} };

it.each([
  ['none', {}, 'article'],
  ['undefined', { definition: undefined }, 'article'],
  ['another', { definition: { name: 'build' } }, 'build'],
])('starts a build by the usual definition unless another is named: %s', async (_, named, name) => {
  const start = vi.fn();
  const operations = startingBy({ start } as unknown as Operations, { name: 'article' });
  await operations.start({ ...build, ...named });
  expect(start).toHaveBeenCalledWith({ ...build, definition: expect.objectContaining({ name }) });
});
