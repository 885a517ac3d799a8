import { join } from 'node:path';
import { type Size, sizeOf } from '../../files/file-trees.ts';
import { createGit } from '../../git/git.ts';
import { findPlace } from '../find-place.ts';
import type { GitWorkspaceProviderOptions } from '../git-workspace-provider-options.ts';
import { type BuildFiles, listFiles } from './build-files.ts';

/** The files of all builds of a repository. */
export interface BuildFilesList {
  /** Folder of the worktrees, and folder of Baton's state. */
  readonly worktrees: string;
  readonly state: string;
  readonly builds: readonly BuildFiles[];
  /** Disk usage of both folders. */
  readonly size: Size;
}

/**
 * Lists and measures the files of a repository's builds on this machine.
 *
 * @param signal ends the measuring early; the size is then incomplete.
 * @throws BatonError `invalid_input` for an unusable repository.
 * @example
 * import { listBuildFiles } from '@baton/adapters/workspace';
 * const { builds, size } = await listBuildFiles({ repository: '/home/ada/shop' });
 */
export async function listBuildFiles(
  options: BuildFilesOptions,
  signal?: AbortSignal,
): Promise<BuildFilesList> {
  const { env = process.env, lockWaitMs = 10_000 } = options;
  const git = createGit({ env, lockWaitMs });
  const place = await findPlace(git, options, env);
  const builds = await listFiles(
    git,
    place,
    options.records ?? join(place.state, 'runs'),
    options.remote !== undefined,
  );
  const folders = new Set([
    place.state,
    ...builds.flatMap(({ worktree, asides }) => [
      ...(worktree === undefined ? [] : [worktree]),
      ...asides,
    ]),
  ]);
  let size: Size = { bytes: 0, whole: true };
  for (const folder of folders) {
    const { bytes, whole } = await sizeOf(folder, signal);
    size = { bytes: size.bytes + bytes, whole: size.whole && whole };
  }
  return { worktrees: place.worktrees, state: place.state, builds, size };
}

/** Where the builds of a repository lie; the same options as for the workspace provider. */
export interface BuildFilesOptions
  extends Pick<
    GitWorkspaceProviderOptions,
    | 'repository'
    | 'directory'
    | 'stateDirectory'
    | 'remote'
    | 'remoteTimeoutMs'
    | 'env'
    | 'lockWaitMs'
  > {
  /**
   * Folder of other files of builds, each named `<workflowId>.<anything>`. The process that performs a build
   * holds a lock on the one that ends with `.lock`. Default: `runs` in the state folder.
   */
  readonly records?: string | undefined;
}
