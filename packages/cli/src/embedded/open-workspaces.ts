import { join, resolve } from 'node:path';
import { createGitWorkspaceProvider, type GitWorkspaceProvider } from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { batonFolder } from './baton-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The worktrees of a repository's builds, where its configuration wants them. */
export function openWorkspaces(
  repository: string,
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Environment,
): GitWorkspaceProvider & { readonly directory: string } {
  const wanted = config?.workspace.directory;
  const { root, worktrees } = batonFolder(repository, env);
  const directory =
    wanted === undefined || config === undefined ? worktrees : expand(wanted, config.folder, env);
  const ignored = config?.workspace.ignored;
  return {
    directory,
    ...createGitWorkspaceProvider({ repository, directory, stateDirectory: root, ignored, env }),
  };
}

function expand(path: string, folder: string, env: Environment): string {
  if (path === '~' || path.startsWith('~/')) return join(env['HOME'] ?? '~', path.slice(1));
  return resolve(folder, path);
}
