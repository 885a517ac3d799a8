import { expect, it } from 'vitest';
import { proposeSources } from './propose-workspace.ts';

it.each([
  ['a folder in the root', ['src/a.ts', 'src/b/c.ts', 'README.md'], ['/src/']],
  ['those of Go', ['cmd/x/main.go', 'internal/a.go', 'pkg/b.go'], ['/cmd/', '/internal/', '/pkg/']],
  ['those of packages', ['packages/a/src/x.ts', 'packages/b/src/y.ts'], ['/packages/*/src/']],
  [
    'that of one package',
    ['packages/a/src/x.ts', 'web/lib/y.ts'],
    ['/packages/a/src/', '/web/lib/'],
  ],
  ['packages of Python', ['flask/__init__.py', 'tests/__init__.py'], ['/flask/']],
  ['whatever their case', ['Sources/App/a.swift'], ['/Sources/']],
  [
    'but none of tests, documents and others',
    ['test/src/a.ts', 'docs/lib/b', 'vendor/x/src/c'],
    [],
  ],
  ['but none for files in the root', ['index.js', 'main.go'], []],
])('source folders: %s', (_, files, expected) => {
  expect(proposeSources(files)).toEqual(expected);
});
