import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import type { FileCoverage } from './coverage-report.ts';
import { createPlaceFile, placedFiles } from './placed-files.ts';

const file = (path: string, hits: Record<number, boolean> = {}): FileCoverage => {
  const lines = new Map(Object.entries(hits).map(([line, isHit]) => [Number(line), isHit]));
  return {
    path,
    lines: lines.size,
    linesHit: [...lines.values()].filter(Boolean).length,
    hits: lines,
  };
};

const workspace = (...paths: readonly string[]) =>
  folderWorkspace(Object.fromEntries(paths.map((path) => [path, 'x'])));

async function placed(files: readonly FileCoverage[], ...paths: readonly string[]) {
  const found = placedFiles(files, await createPlaceFile(workspace(...paths)));
  return found.map(({ path, isPlaced }) => [path, isPlaced]);
}

it.each([
  ['as it is', 'src/a.ts', 'src/a.ts'],
  ['relative to a package', 'src/a.ts', 'packages/app/src/a.ts'],
  ['as a container has it', '/app/src/a.ts', 'src/a.ts'],
  ['as Windows has it', 'C:/work/src/a.ts', 'src/a.ts'],
  ['by a Go module', 'github.com/ada/shop/main.go', 'main.go'],
  ['below a source folder', 'com/example/App.java', 'src/main/java/com/example/App.java'],
])('a file of a report is the one of the workspace that is named %s', async (_, path, found) => {
  expect(await placed([file(path)], found, 'other/b.ts')).toEqual([[found, true]]);
});

it('an absolute path is one of the workspace, whether the file is ignored or not', async () => {
  const { path, ...rest } = workspace('src/a.ts');
  const place = await createPlaceFile({ path, ...rest });
  const found = placedFiles([file(`${path}/src/a.ts`), file(`${path}/dist/a.js`)], place);
  expect(found.map((one) => one.path)).toEqual(['src/a.ts', 'dist/a.js']);
});

it('a source folder of the report tells files of one name apart', async () => {
  const named = { ...file('a.py'), elsewhere: ['/build/shop/a.py'] };
  expect(await placed([named], 'a/a.py', 'shop/a.py')).toEqual([['shop/a.py', true]]);
  const exact = { ...file('a.py'), elsewhere: ['shop/a.py'] };
  expect(await placed([exact], 'a.py', 'shop/a.py')).toEqual([['shop/a.py', true]]);
});

it('a name that several files end in is none of them', async () => {
  expect(await placed([file('src/a.ts')], 'one/src/a.ts', 'two/src/a.ts')).toEqual([
    ['src/a.ts', false],
  ]);
});

it('a dependency is no file of the workspace that only has its name', async () => {
  const files = [file('/app/lib/x/index.js'), file('/app/index.js')];
  expect(await placed(files, 'index.js')).toEqual([
    ['index.js', true],
    ['/app/lib/x/index.js', false],
  ]);
  expect(await placed([file('lib/x/index.js'), file('index.js')], 'index.js')).toEqual([
    ['index.js', true],
    ['lib/x/index.js', false],
  ]);
});

it('a file that a report has by several paths is one, hit where any of them is', async () => {
  const one = workspace('src/a.ts');
  const files = [
    file('src/a.ts', { 1: true, 2: false, 3: false }),
    file(`${one.path}/src/a.ts`, { 2: true, 4: false }),
  ];
  const [found, ...none] = placedFiles(files, await createPlaceFile(one));
  expect(none).toEqual([]);
  expect(found).toMatchObject({ path: 'src/a.ts', lines: 4, linesHit: 2 });
});
