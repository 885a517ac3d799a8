import { expect, it } from 'vitest';
import { folderWorkspace } from '../testing/folder-workspace.ts';
import { contextOf } from '../testing/perform.ts';
import { noteOutsideSources } from './outside-sources.ts';

/** The note about a build that changed `paths`, in a repository with these files. */
async function noted(
  paths: readonly string[],
  sources?: readonly string[],
  files: readonly string[] = ['src/a.ts'],
) {
  const workspace = folderWorkspace(Object.fromEntries(files.map((path) => [path, 'x'])));
  for (const path of paths) workspace.write(path, 'changed');
  const { note, noted } = contextOf(workspace);
  await noteOutsideSources({ files: workspace, note }, sources);
  return noted;
}

const note = (where: string, kinds: string) => [
  { code: 'changed_outside_sources', message: `this build changed, ${where}: ${kinds}` },
];

it('a build that keeps to its source folders gets no note', async () => {
  expect(await noted(['server/a.go', 'tools/b.go'], ['server/', 'tools/'])).toEqual([]);
  expect(await noted([])).toEqual([]);
  expect(await noted(['src/b.ts', 'packages/x/lib/c.ts'])).toEqual([]);
});

it('what lies outside is told by kind, whatever its name', async () => {
  const paths = [
    'features/login.feature',
    '.github/w.yml',
    'package.json',
    'Makefile',
    'tools/verify.sh',
    'server/a.go',
  ];
  expect(await noted(paths, ['server/'])).toEqual(
    note(
      'outside of server/',
      'tests: features/login.feature; CI: .github/w.yml; dependencies: package.json; configuration: Makefile; other: tools/verify.sh',
    ),
  );
});

it('names that differ by case alone are of the same kind', async () => {
  expect(await noted(['makefile', 'Tests/A.swift'], ['Sources/'])).toEqual(
    note('outside of Sources/', 'tests: Tests/A.swift; configuration: makefile'),
  );
});

it('tests count as outside where they lie beside the sources, too', async () => {
  expect(await noted(['src/b.ts', 'src/b.test.ts'], ['src/'])).toEqual(
    note('outside of src/', 'tests: src/b.test.ts'),
  );
});

it('three files of a kind are named, and the others counted', async () => {
  const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => `docs/${name}.md`);
  expect(await noted(paths, ['src/'])).toEqual(
    note('outside of src/', 'other: docs/a.md, docs/b.md, docs/c.md and 2 more'),
  );
});

it('without folders that usually hold sources, what is of no kind may be one', async () => {
  expect(await noted(['flask/a.py', 'setup.py'], undefined, ['flask/b.py'])).toEqual(
    note('outside of its sources', 'dependencies: setup.py'),
  );
  expect(await noted(['flask/a.py'], undefined, ['flask/b.py'])).toEqual([]);
});

it('has nothing to say without a workspace', async () => {
  const { note, noted } = contextOf();
  await noteOutsideSources({ files: undefined, note }, ['src/']);
  expect(noted).toEqual([]);
});
