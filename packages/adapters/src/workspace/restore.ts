import { rm } from 'node:fs/promises';
import { BatonError } from '@baton/core';
import { filePlace } from '../files/file-place.ts';
import { copyIndex, copyIndexIfThere } from '../git/copy-index.ts';
import { explainedFilterFailure } from '../git/filter-failure.ts';
import { listTree } from '../git/list-tree.ts';
import { modeOf, SUBMODULE, type TreeEntries } from '../git/tree-entries.ts';
import type { BuildPaths } from './build-paths.ts';
import { type CheckOutSource, checkOutTree } from './check-out.ts';
import { removeFiles, removeIgnored, removeUntracked } from './ignored-files.ts';
import { nestedRepositories, writeIgnoreFile } from './list-files.ts';
import type { PrivateGit } from './private-git.ts';
import type { Snapshot, TakeSnapshot } from './snapshot.ts';
import type { Submodules } from './submodules.ts';

/** Which files the worktree shall have. */
export interface RestoreTarget extends CheckOutSource {
  readonly paths: BuildPaths;
  readonly ignoreRules: Buffer;
  /** What the files are then. Absent: whatever comes out. */
  readonly digest?: string | undefined;
  /** What the files are now; empty where that is not known. */
  readonly present: TreeEntries;
  /** Names of ignored files and folders that stay. */
  readonly keepIgnored: readonly string[];
  readonly submodules: Submodules;
  readonly take: TakeSnapshot;
}

/** A late write of an attempt that is ending may spoil one restore. */
const ATTEMPTS = 2;

/** Git's words for objects that it should have and has not. */
const LOST_OBJECT =
  /unable to read|bad object|bad tree object|missing (?:blob|tree)|failed to unpack tree|not a valid object/i;

/**
 * Makes the files those of `target.tree`, as the user's git checks them out, and answers them. The ignored
 * files go, too, for they were made from the others: build output, reports, caches.
 *
 * @throws BatonError `data_loss` when the tree's objects are gone, `unavailable` when the files come
 * out otherwise, time and again, because something else writes them.
 */
export async function restore(target: RestoreTarget): Promise<Snapshot> {
  const { digest, paths, take } = target;
  for (let attempt = 1; ; attempt += 1) {
    await checkOut(target, attempt).catch((reason) => {
      throw explained(reason, target.tree);
    });
    const found = await take();
    if (digest === undefined || found.digest === digest) return found;
    if (attempt === ATTEMPTS) throw comesOutOtherwise(paths.worktree, digest, found.digest);
  }
}

function comesOutOtherwise(worktree: string, expected: string, found: string): BatonError {
  return new BatonError(
    'unavailable',
    `restoring ${worktree}: expected the files to have the digest ${expected}, found ${found}: something goes on writing there`,
    { metadata: { expected, found } },
  );
}

async function checkOut(target: RestoreTarget, attempt: number): Promise<void> {
  const { withGit, worktree, settings, paths, keepIgnored, submodules, tree } = target;
  await withGit({ worktree, settings }, async (git) => {
    await writeIgnoreFile(git, target.ignoreRules);
    // An index that was kept saves writing what did not change. It proves nothing: the digest does.
    if (attempt === 1) await copyIndexIfThere(paths.index, git.index);
    else await removeFiles(worktree, keepIgnored);
    await removeIgnored(git, worktree, keepIgnored);
    await checkOutTree(git, target);
    await removeForeign(git, target);
    const all = await listTree(git.run, tree);
    const links = [...all].filter(([, entry]) => modeOf(entry) === SUBMODULE);
    await submodules.checkOut(
      links.filter(([path, entry]) => attempt > 1 || target.present.get(path) !== entry),
    );
    await copyIndex(git.index, paths.index);
  });
}

/** What an attempt left that is no file of a tree: repositories of its own, empty folders. */
async function removeForeign(
  git: PrivateGit,
  { worktree, keepIgnored }: RestoreTarget,
): Promise<void> {
  for (;;) {
    const nested = await nestedRepositories(git);
    if (nested.length === 0) break;
    for (const folder of nested) {
      await rm(filePlace(worktree, `${folder}.git`), { recursive: true });
    }
  }
  await removeUntracked(git, worktree, keepIgnored);
}

function explained(reason: unknown, tree: string): BatonError {
  const error = explainedFilterFailure(reason);
  if (!LOST_OBJECT.test(error.message)) return error;
  return new BatonError(
    'data_loss',
    `the files of the tree ${tree} are no longer all in the repository: ${error.message}`,
    { metadata: { expected: tree }, cause: error },
  );
}
