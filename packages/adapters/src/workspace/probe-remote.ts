import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit, textOf } from '../git/git.ts';
import { remoteOf } from '../git/remote.ts';
import { checkRemote } from '../git/remote-address.ts';
import { findRepository } from '../git/repository.ts';
import type { GitWorkspaceProviderOptions } from './git-workspace-provider-options.ts';
import { IDENTITY } from './private-git.ts';
import { SHARED, sharedRef, workflowOfShared } from './shared-refs.ts';

/** Options of {@link probeRemote}. */
export interface ProbeRemoteOptions
  extends Pick<GitWorkspaceProviderOptions, 'repository' | 'env' | 'remoteTimeoutMs'> {
  /** As for `createGitWorkspaceProvider`. */
  readonly remote: string;
}

/** What a remote has. */
export interface ProbedRemote {
  /** Ids of the workflows with checkpoints there, sorted. */
  readonly workflowIds: readonly string[];
}

/**
 * Checks that builds can travel by a remote: reads it, creates a ref with an empty commit, and deletes that ref.
 * Nothing is left there, nor in the repository.
 *
 * @throws BatonError `invalid_input` for a bad address or repository, `unavailable` for a remote that is away, or
 * where this user cannot create or delete a ref.
 * @example
 * import { probeRemote } from '@baton/adapters/workspace';
 * const { workflowIds } = await probeRemote({ repository: '/home/ada/shop', remote: 'git@example.com:shop.git' });
 */
export async function probeRemote(options: ProbeRemoteOptions): Promise<ProbedRemote> {
  const { env = process.env, remoteTimeoutMs: timeoutMs } = options;
  const address = checkRemote(options.remote);
  const git = createGit({ env, lockWaitMs: 0 });
  const repository = await findRepository(git, options.repository);
  const objectDir = await mkdtemp(join(tmpdir(), 'baton-probe-'));
  try {
    const remote = remoteOf({ git, env, repository, address, timeoutMs, objectDir });
    const found = await remote.list(SHARED);
    const call = {
      cwd: repository.root,
      env: { ...IDENTITY, GIT_OBJECT_DIRECTORY: objectDir },
    };
    const tree = textOf(await git(['hash-object', '-t', 'tree', '-w', devNull], call));
    const commit = textOf(await git(['commit-tree', tree, '-m', 'baton: probe'], call));
    const ref = sharedRef(`probe-${randomUUID()}`, { epoch: 0, attempt: 0 }, commit);
    await remote.create(ref, commit);
    await remote.remove(new Map([[ref, commit]]));
    return { workflowIds: [...new Set([...found.keys()].map(workflowOfShared))].sort() };
  } finally {
    await rm(objectDir, { recursive: true, force: true });
  }
}
