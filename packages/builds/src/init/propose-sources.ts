/** Names of folders that usually hold sources, at any depth. */
const SOURCES = new Set(['src', 'lib', 'app', 'cmd', 'internal', 'pkg', 'source', 'sources']);
/** Names of folders that hold no sources, even in a subfolder called `src`. */
const OTHERS = new Set(
  ['test', 'tests', '__tests__', 'spec', 'e2e', 'testdata', 'fixtures', '__fixtures__'].concat([
    'docs',
    'doc',
    'examples',
    'example',
    'node_modules',
    'vendor',
    'third_party',
  ]),
);
/** From this number on, similar folders get one common pattern. */
const MANY = 2;

/**
 * Proposes `.gitignore` patterns for the source folders of a repository: folders with a usual name, and
 * Python packages in its root. Empty when there are none.
 *
 * @example
 * proposeSources(['packages/a/src/x.ts', 'packages/b/src/y.ts']); // ['/packages/*\/src/']
 */
export function proposeSources(files: readonly string[]): readonly string[] {
  const folders = new Set(
    files.flatMap((path) => sourceFolder(path.split('/').slice(0, -1)) ?? []),
  );
  const packages = files.flatMap((path) => {
    const [, folder = ''] = /^([^/]+)\/__init__\.py$/.exec(path) ?? [];
    return folder === '' || OTHERS.has(folder.toLowerCase()) ? [] : [folder];
  });
  const alike = Map.groupBy(folders, (folder) => folder.replace(/^([^/]+)\/[^/]+\//, '$1/*/'));
  const patterns = [...alike].flatMap(([pattern, group]) =>
    group.length >= MANY ? [pattern] : group,
  );
  return [...new Set([...patterns, ...packages])].sort().map((folder) => `/${folder}/`);
}

/** The folder of sources that a file lies in: the first on its way that is called so. */
function sourceFolder(segments: readonly string[]): string | undefined {
  const names = segments.map((segment) => segment.toLowerCase());
  const at = names.findIndex((name) => SOURCES.has(name));
  if (at === -1 || names.slice(0, at).some((name) => OTHERS.has(name))) return undefined;
  return segments.slice(0, at + 1).join('/');
}
