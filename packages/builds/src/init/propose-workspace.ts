import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../state/git.ts';
import type { Toolchain } from './toolchain.ts';

export interface ProposedWorkspace {
  readonly ignored: readonly string[];
  readonly protected: readonly string[];
  /** Empty when no folder has a usual name for sources. */
  readonly sources: readonly string[];
}

/** Usual tool output, for a repository whose toolchain is unknown. */
const LEFT_BEHIND: readonly string[] = [
  ...['node_modules/', '.venv/', '__pycache__/', '.pytest_cache/', '.coverage', 'target/'],
  ...['dist/', 'build/', 'coverage/'],
];

const CI: readonly string[] = [
  ...[
    '.github/',
    '.gitlab-ci.yml',
    '.gitlab/',
    '.circleci/',
    '.buildkite/',
    '.ci/',
    '.woodpecker/',
  ],
  ...['.woodpecker.yml', '.travis.yml', '.drone.yml', 'Jenkinsfile', 'azure-pipelines.yml'],
  'bitbucket-pipelines.yml',
];

/**
 * Proposes the workspace settings of a repository: tool output that git does not ignore yet, the source
 * folders, and the files of its CI.
 *
 * @param config name of the configuration file in the repository.
 */
export async function proposeWorkspace(
  folder: string,
  toolchains: readonly Toolchain[],
  config: string,
): Promise<ProposedWorkspace> {
  const known = new Set(toolchains.flatMap(({ leavesBehind }) => leavesBehind));
  const ignored: string[] = [];
  for (const pattern of toolchains.length === 0 ? LEFT_BEHIND : known) {
    if (!(await isSettled(folder, pattern))) ignored.push(pattern);
  }
  const listed = await git(folder, [
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  return {
    ignored,
    sources: proposeSources((listed ?? '').split('\0')),
    protected: [...CI.filter((path) => existsSync(join(folder, path))), config],
  };
}

/** Whether the repository ignores such files itself, or tracks some of them. */
async function isSettled(folder: string, pattern: string): Promise<boolean> {
  const name = pattern.replaceAll('*', 'x');
  const example = name.endsWith('/') ? `${name}x` : name;
  const ignored = await git(folder, ['check-ignore', '--no-index', '--quiet', '--', example]);
  if (ignored !== undefined) return true;
  const own = await git(folder, ['ls-files', '--', `:(glob)**/${pattern.replace(/\/$/, '/**')}`]);
  return own !== undefined && own !== '';
}

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
