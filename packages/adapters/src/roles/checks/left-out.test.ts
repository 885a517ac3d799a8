import { expect, it } from 'vitest';
import { leftOut } from './covered-files.ts';

const inside = (...paths: readonly string[]) => paths.map((path) => ({ path, isPlaced: true }));
const outside = (path: string) => ({ path, isPlaced: false });

it('tests by the usual names count for no coverage, in any folder', async () => {
  const tests = [
    ...['src/a.test.ts', 'a.spec.js', 'x_test.go', 'tests/a.py', 'pkg/test_a.py', 'conftest.py'],
    ...['spec/a_spec.rb', 'src/test/java/AppTest.java', 'src/__tests__/a.js', 'AppTests.cs'],
  ];
  const files = inside(...tests, 'src/latest.ts', 'src/contest.py', 'src/testing.ts');
  expect([...(await leftOut(files, new Set(), []))]).toEqual(tests);
});

it('so do files that the test report names, and those that patterns match', async () => {
  const files = inside('src/a.ts', 'checks/a.ts', 'gen/a.ts', 'gen/keep.ts');
  const found = await leftOut(files, new Set(['checks/a.ts']), ['gen/', '!gen/keep.ts', 'nothing']);
  expect([...found]).toEqual(['checks/a.ts', 'gen/a.ts', 'gen/keep.ts']);
  expect([...(await leftOut(files, new Set(), ['/gen/*', '!keep.ts']))]).toEqual(['gen/a.ts']);
});

it('folders above or beside the workspace make no file a test', async () => {
  const files = [outside('/home/test/src/a.ts'), outside('../tests/b.ts'), outside('/x/c.test.ts')];
  expect([...(await leftOut(files, new Set(), []))]).toEqual(['/x/c.test.ts']);
});

it('a file outside is excluded by its name, or by its path where that leads nowhere else', async () => {
  const files = [outside('/usr/include/stdio.h'), outside('gen/a.c'), outside('../gen/b.c')];
  expect([...(await leftOut(files, new Set(), ['*.h', 'gen/']))]).toEqual([
    '/usr/include/stdio.h',
    'gen/a.c',
  ]);
});
