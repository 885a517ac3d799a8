import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../state/git.ts';
import { proposeSources } from './propose-sources.ts';
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
