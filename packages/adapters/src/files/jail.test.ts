import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { resolveInside } from './jail.ts';

/** A root with every kind of link, beside a folder that must stay unreachable. */
function createRoot() {
  const folder = temporaryFolder();
  const root = join(folder, 'root');
  mkdirSync(join(root, 'sub', 'deep'), { recursive: true });
  mkdirSync(join(root, '.git'));
  mkdirSync(join(folder, 'outside', 'inner'), { recursive: true });
  mkdirSync(join(folder, 'root-twin'));
  writeFileSync(join(root, 'file'), '');
  writeFileSync(join(folder, 'outside', 'secret'), '');
  symlinkSync('../outside/secret', join(root, 'to-file'));
  symlinkSync(join(folder, 'outside'), join(root, 'to-folder'));
  symlinkSync('../outside/new', join(root, 'dangling'));
  symlinkSync('dangling', join(root, 'to-dangling'));
  symlinkSync('../outside/inner', join(root, 'to-inner'));
  symlinkSync('to-inner/../new', join(root, 'dotted'));
  symlinkSync('.git', join(root, 'to-git'));
  symlinkSync('../root-twin', join(root, 'to-twin'));
  symlinkSync('..', join(root, 'to-parent'));
  symlinkSync('circle-b', join(root, 'circle-a'));
  symlinkSync('circle-a', join(root, 'circle-b'));
  symlinkSync('sub', join(root, 'to-sub'));
  symlinkSync('sub/to-come', join(root, 'to-come'));
  symlinkSync('../outside/../root/sub', join(root, 'out-and-in'));
  return root;
}

test.each([
  ['an absolute path', '/etc/passwd', 'absolute'],
  ['a path to the parent', '..', 'it leads out'],
  ['a path out and sideways', '../root-twin/x', 'it leads out'],
  ['a path that climbs out later', 'sub/../../outside/secret', 'it leads out'],
  ['a NUL character', 'file\0.txt', 'NUL'],
  ['a link to a file outside', 'to-file', 'link on the way leads out'],
  ['a file below a link to a folder outside', 'to-folder/secret', 'link on the way leads out'],
  ['a new file below a link to a folder outside', 'to-folder/a/b/new', 'link on the way leads out'],
  ['a dangling link to outside', 'dangling', 'link on the way leads out'],
  ['a link to a dangling link', 'to-dangling', 'link on the way leads out'],
  ['a dangling link that climbs out behind another link', 'dotted', 'link on the way leads out'],
  ['a link to a folder whose name begins like the root', 'to-twin/x', 'link on the way leads out'],
  ['a link to the parent', 'to-parent', 'link on the way leads out'],
  ['a circle of links', 'circle-a/x', 'too many'],
  ["git's own folder", '.git', "leads into git's own"],
  ["a file of git's", '.git/hooks/post-checkout', "leads into git's own"],
  ["git's folder in other letters", '.GIT/config', "leads into git's own"],
  ["a nested repository's own folder", 'sub/.git/config', "leads into git's own"],
  ["a link to git's folder", 'to-git/config', "way leads into git's own"],
  ['a name that is too long', 'x'.repeat(300), 'too long'],
  ['a path that is too long', 'a/'.repeat(5_000), 'too long'],
])('%s is refused', async (_, path, reason) => {
  await expect(resolveInside(createRoot(), path)).rejects.toMatchObject({
    code: 'invalid_input',
    violations: [{ field: 'path', description: expect.stringContaining(reason) }],
  });
});

test.each([
  ['a file', 'file', 'file'],
  ['the root', '.', '.'],
  ['an empty path, as the root', '', '.'],
  ['a file that is not there yet', 'sub/new/also-new', 'sub/new/also-new'],
  ['dots that stay inside', 'sub/deep/../../file', 'file'],
  ['a name that begins with dots', '..file/...', '..file/...'],
  ['a name that begins like git', '.gitignore', '.gitignore'],
  ['a link that stays inside', 'to-sub/deep', 'to-sub/deep'],
  ['a dangling link that stays inside', 'to-come', 'to-come'],
  ['a link that leaves and comes back', 'out-and-in/deep', 'out-and-in/deep'],
])('%s is resolved', async (_, path, expected) => {
  const root = createRoot();
  expect(await resolveInside(root, path)).toBe(join(root, expected));
});
