import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readIndexEntries } from './index-entries.ts';
import { createTestRepository } from './testing/test-repository.ts';

test('every entry is read, whatever the length of its name and with extended flags, too', () => {
  const names = Array.from({ length: 20 }, (_, length) => `${'n'.repeat(length + 1)}.txt`);
  const repository = createTestRepository(Object.fromEntries(names.map((name) => [name, name])));
  repository.git(['update-index', '--skip-worktree', names[3] ?? '']);
  const index = readFileSync(join(repository.path, '.git', 'index'));
  expect(index.readUInt32BE(4)).toBe(3);
  const expected = names.sort().map((path) => ({
    path,
    changedAt: Math.floor(statSync(join(repository.path, path)).ctimeMs / 1000),
  }));
  expect(readIndexEntries(index, 'sha1')).toEqual(expected);
});

test('what is no index, or one of another version, is not read', () => {
  const repository = createTestRepository();
  expect(readIndexEntries(Buffer.from('DIRC torn'), 'sha1')).toBeUndefined();
  expect(readIndexEntries(Buffer.alloc(0), 'sha1')).toBeUndefined();
  repository.git(['update-index', '--index-version=4']);
  const index = readFileSync(join(repository.path, '.git', 'index'));
  expect(readIndexEntries(index, 'sha1')).toBeUndefined();
});
