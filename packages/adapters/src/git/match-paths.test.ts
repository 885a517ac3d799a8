import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { matchPaths } from './match-paths.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['a folder', ['test/acceptance/'], ['test/acceptance/a.ts', 'test/acceptance/b/c.ts']],
  ['a name at any depth', ['*.lock'], ['x.lock', 'sub/y.lock']],
  ['a place', ['/docs/*.md'], ['docs/a.md']],
  ['all but one', ['ci/*', '!ci/free.yml'], ['ci/strict.yml']],
  ['a file or link in place of a folder', ['.github/'], ['.github']],
  ['letters beyond ASCII', ['grüße/**'], ['grüße/x']],
])('patterns match as git matches them: %s', async (_, patterns, expected) => {
  const others = ['test/unit/a.ts', 'acceptance', 'other/docs/a.md', 'ci/free.yml', 'github/x'];
  expect(await matchPaths(patterns, [...expected, ...others])).toEqual(expected);
});

test('a name that git takes for magic elsewhere is a name here', async () => {
  const names = [':(exclude)ci', ':/ci', ':!ci', '-z', '*', 'new\nline'];
  expect(await matchPaths(['*'], names)).toEqual(names);
  expect(await matchPaths(['/ci'], names)).toEqual([]);
});

test('what the user ignores matches nothing, and an empty side needs no git', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'ignore'), '*\n');
  writeFileSync(join(home, '.gitconfig'), `[core]\n\texcludesFile = ${join(home, 'ignore')}\n`);
  vi.stubEnv('HOME', home);
  expect(await matchPaths(['a'], ['a', 'b'])).toEqual(['a']);
  vi.stubEnv('PATH', home);
  expect([await matchPaths([], ['a']), await matchPaths(['a'], [])]).toEqual([[], []]);
  await expect(matchPaths(['a'], ['a'])).rejects.toMatchObject({ code: 'invalid_input' });
});
