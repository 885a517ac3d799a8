import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { photograph } from './testing/photograph.ts';
import { createTestRepository, makePipe, writeFiles } from './testing/test-repository.ts';

test.each<readonly [string, (root: string) => void]>([
  [
    'a pipe over a file',
    (root) => {
      rmSync(join(root, 'src/a.js'));
      makePipe(join(root, 'src/a.js'));
    },
  ],
  [
    'a pipe over a folder',
    (root) => {
      rmSync(join(root, 'src'), { recursive: true });
      makePipe(join(root, 'src'));
    },
  ],
  [
    'a folder with a pipe over a file',
    (root) => {
      rmSync(join(root, 'src/a.js'));
      mkdirSync(join(root, 'src/a.js'));
      makePipe(join(root, 'src/a.js/pipe'));
    },
  ],
  ['a folder .GIT', (root) => writeFiles(root, { '.GIT/config': 'x', 'src/.Git/x.js': 'x' })],
])('%s is gone when the build is opened again', async (_, spoil) => {
  const repository = createTestRepository({ 'src/a.js': 'a\n' });
  const provider = repository.provider();
  const { path, ...workspace } = await provider.open('w', undefined);
  writeFiles(path, { 'b.js': 'b\n' });
  const checkpoint = await workspace.checkpoint('x');
  const before = photograph(path);
  spoil(path);
  const again = await provider.open('w', checkpoint);
  expect(photograph(path)).toEqual(before);
  expect(await again.digest()).toBe(checkpoint.digest);
});
