import {
  createGitWorkspaceProvider,
  type GitWorkspaceProvider,
  type SetAside,
} from '@baton/adapters/workspace';
import type { Config } from '../config/load-config.ts';
import { buildPlaces } from './baton-folder.ts';

/**
 * The worktrees of a repository's builds, where its configuration wants them.
 *
 * @param onSetAside hears of one that was in the way and could not be removed.
 */
export function openWorkspaces(
  repository: string,
  config: Pick<Config, 'workspace' | 'folder'> | undefined,
  env: Readonly<Record<string, string | undefined>>,
  onSetAside?: (aside: SetAside) => void,
): GitWorkspaceProvider & { readonly directory: string } {
  const { directory, stateDirectory, remote } = buildPlaces(repository, config, env);
  const ignored = config?.workspace.ignored;
  const provider = createGitWorkspaceProvider({
    repository,
    directory,
    stateDirectory,
    ignored,
    remote,
    env,
    onSetAside,
  });
  return { directory, ...provider };
}
