import { rm } from 'node:fs/promises';
import { BatonError } from '@baton/core';
import { filePlace } from '../files/files.ts';
import { explainedFilterFailure } from '../git/filter-failure.ts';
import { copyIndex, copyIndexIfThere } from '../git/repository.ts';
import { listTree, modeOf, SUBMODULE, type TreeEntries } from '../git/tree-entries.ts';
import type { BuildPaths } from './build-paths.ts';
import { type CheckOutSource, checkOutTree } from './check-out.ts';
import {
  nestedRepositories,
  removeFiles,
  removeIgnored,
  removeUntracked,
  writeIgnoreFile,
} from './ignored-files.ts';
import type { PrivateGit } from './private-git.ts';
import type { Snapshot, TakeSnapshot } from './snapshot.ts';
import type { Submodules } from './submodules.ts';

/** The files that the worktree should have. */
export interface RestoreTarget extends CheckOutSource {
  readonly paths: BuildPaths;
  readonly ignoreRules: Buffer;
  /** Expected digest of the result. Absent: any result is accepted. */
  readonly digest?: string | undefined;
  /** The current files; empty when unknown. */
  readonly present: TreeEntries;
  /** Names of ignored files and folders to keep. */
  readonly keepIgnored: readonly string[];
  readonly submodules: Submodules;
  readonly take: TakeSnapshot;
}

/** A late write of an ending attempt can spoil one restore. */
const ATTEMPTS = 2;

/** Git's message about missing objects. */
const LOST_OBJECT =
  /unable to read|bad object|bad tree object|missing (?:blob|tree)|failed to unpack tree|not a valid object/i;

/**
 * Checks out `target.tree` with the user's settings and returns the files. It also removes ignored files,
 * which were made from the others: build output, reports, caches.
 *
 * @throws BatonError `data_loss` when objects of the tree are gone, `unavailable` when the result differs
 * repeatedly because another process writes the files.
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
    `restoring ${worktree}: expected the files to have the digest ${expected}, found ${found}: something goes on writing there, or git converts files in another way than where the checkpoint was made (line endings, filters, sparse patterns)`,
    { metadata: { expected, found } },
  );
}

async function checkOut(target: RestoreTarget, attempt: number): Promise<void> {
  const { withGit, worktree, settings, paths, keepIgnored, submodules, tree } = target;
  await withGit({ worktree, settings }, async (git) => {
    await writeIgnoreFile(git, target.ignoreRules);
    // A kept index avoids writing unchanged files. It proves nothing: the digest does.
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

/** Removes what an attempt left and no tree contains: nested repositories and empty folders. */
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
