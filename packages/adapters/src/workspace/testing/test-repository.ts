import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRepository, gitIn } from '../../testing/git.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { type BuildPaths, buildPaths } from '../build-paths.ts';
import { createGitWorkspaceProvider } from '../git-workspace-provider.ts';
import type {
  GitWorkspaceProvider,
  GitWorkspaceProviderOptions,
} from '../git-workspace-provider-options.ts';
import { placesOf } from '../places.ts';

/** A user's repository in a temporary folder that is removed after the test. */
export interface TestRepository {
  readonly path: string;
  /** Empty home folder of the user. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs git in the repository or in another folder; returns what it printed. */
  git(args: readonly string[], cwd?: string): string;
  /** Writes files into the repository and commits them. */
  commit(files: Readonly<Record<string, string | Buffer>>): string;
  provider(
    env?: Readonly<Record<string, string>>,
    options?: Pick<GitWorkspaceProviderOptions, 'remote' | 'remoteTimeoutMs'>,
  ): GitWorkspaceProvider;
  /** The paths of a build in this repository. */
  build(workflowId: string): BuildPaths;
}

/** Writes files, with their folders, below `root`. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** Creates a named pipe. */
export function makePipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
}

export function createTestRepository(
  files: Readonly<Record<string, string | Buffer>> = { 'a.txt': 'one\n' },
): TestRepository {
  const repository = madeBy(createRepository);
  repository.commit(files);
  return repository;
}

/** A clone on a machine of its own: with another home, and so with other folders of Baton. */
export function cloneTestRepository(from: string, ...options: readonly string[]): TestRepository {
  const clone = ['clone', '--quiet', ...options, from];
  return madeBy((path, env) => gitIn(dirname(path), [...clone, path], env));
}

function madeBy(make: (path: string, env: NodeJS.ProcessEnv) => unknown): TestRepository {
  const folder = temporaryFolder();
  const path = join(folder, 'repository');
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  make(path, env);
  const git = (args: readonly string[], cwd = path) => gitIn(cwd, args, env);
  const commit = (changed: Readonly<Record<string, string | Buffer>>) => {
    writeFiles(path, changed);
    git(['add', '--all', '--force', '--', ...Object.keys(changed)]);
    git(['commit', '--quiet', '--allow-empty', '--message', 'work']);
    return git(['rev-parse', 'HEAD']).trim();
  };
  return {
    path,
    home,
    env,
    git,
    commit,
    provider: (more = {}, options = {}) =>
      createGitWorkspaceProvider({ ...options, repository: path, env: { ...env, ...more } }),
    build: (workflowId) => buildPaths(placesOf(path, env), workflowId),
  };
}
