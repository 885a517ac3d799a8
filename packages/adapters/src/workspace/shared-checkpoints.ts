import { BatonError, type Checkpoint, type PublishedBy } from '@baton/core';
import { pathText } from '../files/files.ts';
import type { Environment } from '../git/environment.ts';
import type { Git } from '../git/git.ts';
import { remoteOf } from '../git/remote.ts';
import type { Repository } from '../git/repository.ts';
import { differing, idOf, listTree, modeOf, SUBMODULE } from '../git/tree-entries.ts';
import type { CheckpointRecord } from './checkpoint.ts';
import { lfsPointers } from './features/lfs-pointers.ts';
import { SHARED, sharedRef } from './shared-refs.ts';

/*
 * Invariants
 * 1. Each checkpoint has a ref of its own on the remote, whose name has the epoch, the attempt and the commit.
 *    A ref is created once and never moved, so a worker that was superseded cannot change what others published.
 * 2. The store says which checkpoint counts. A ref only keeps its objects: it is found by the commit that the
 *    store names, and what it leads to must be that commit.
 * 3. Other refs of the remote are neither written nor read.
 */

/** Checkpoints that workers on several machines share by a remote. */
export interface SharedCheckpoints {
  /**
   * Puts a checkpoint on the remote; resolves once the remote has said that it is there.
   *
   * @throws BatonError retryable `unavailable` when it is not, `invalid_input` for files that cannot travel.
   */
  publish(
    build: Pick<CheckpointRecord, 'workflowId' | 'start'>,
    checkpoint: Checkpoint,
    by: PublishedBy,
  ): Promise<void>;
  /**
   * Gets a checkpoint from the remote, unless it is here.
   *
   * @throws BatonError, retryable: `unavailable` when the remote is away or lacks it, `data_loss` when its ref
   * leads to another object.
   */
  bring(workflowId: string, checkpoint: Checkpoint): Promise<void>;
}

export interface SharedOptions {
  readonly git: Git;
  readonly env: Environment;
  readonly repository: Repository;
  readonly remote: string;
  readonly timeoutMs: number | undefined;
}

export function sharedCheckpointsOf(options: SharedOptions): SharedCheckpoints {
  const { git, repository } = options;
  const remote = remoteOf({ ...options, address: options.remote });

  async function isHere(commit: string): Promise<boolean> {
    const env = { GIT_NO_REPLACE_OBJECTS: '1' };
    const asked = ['cat-file', '-e', `${commit}^{commit}`];
    const { code } = await git(asked, { cwd: repository.root, env, accept: [1, 128] });
    return code === 0;
  }

  return {
    async publish({ workflowId, start }, { commit }, { epoch, attempt, signal }) {
      await refuseLfsFiles(git, repository, start, commit);
      await remote.create(sharedRef(workflowId, { epoch, attempt }, commit), commit, signal);
    },

    async bring(workflowId, { commit }) {
      if (await isHere(commit)) return;
      const ref = refOf(
        remote.address,
        workflowId,
        await remote.list(`${SHARED}${workflowId}/`),
        commit,
      );
      await remote.fetch(ref);
    },
  };
}

/** Git-lfs stores contents beside git: no push of a checkpoint has them. */
async function refuseLfsFiles(
  git: Git,
  { root }: Repository,
  start: string,
  commit: string,
): Promise<void> {
  const call = { cwd: root, env: { GIT_NO_REPLACE_OBJECTS: '1' } };
  const run = (args: readonly string[]) => git(args, call);
  const [before, after] = [await listTree(run, start), await listTree(run, commit)];
  const changed = differing(before, after).flatMap((path) => {
    const entry = after.get(path);
    return entry === undefined || modeOf(entry) === SUBMODULE ? [] : [{ path, id: idOf(entry) }];
  });
  const ids = changed.map(({ id }) => id);
  const pointers = await lfsPointers(git, ids, call);
  const files = changed.filter(({ id }) => pointers.has(id)).map(({ path }) => pathText(path));
  if (files.length === 0) return;
  const description = `files of Git LFS do not travel by a remote, and the build changed ${files.join(', ')}: perform it on one machine, without workspace.remote`;
  throw new BatonError('invalid_input', description, {
    violations: [{ field: files[0] ?? '', description }],
  });
}

/** @throws BatonError as {@link SharedCheckpoints.bring} */
function refOf(
  address: string,
  workflowId: string,
  refs: ReadonlyMap<string, string>,
  commit: string,
): string {
  const byHand = `push it again from the machine that made it: git push ${address} ${commit}:${sharedRef(workflowId, { epoch: 0, attempt: 0 }, commit)}`;
  const named = [...refs].filter(([ref]) => ref.endsWith(`/${commit}`));
  const right = named.find(([, id]) => id === commit);
  if (right !== undefined) return right[0];
  const [wrong] = named;
  if (wrong === undefined) {
    throw new BatonError(
      'unavailable',
      `the git remote ${address} lacks the checkpoint ${commit}, from which workflow ${workflowId} goes on; ${byHand}`,
      { metadata: { remote: address, commit } },
    );
  }
  const [ref, id] = wrong;
  throw new BatonError(
    'data_loss',
    `the git remote ${address}: expected ${ref} to be the checkpoint ${commit}, found ${id}: something else has changed it; ${byHand}`,
    { retryable: true, metadata: { remote: address, expected: commit, found: id } },
  );
}
