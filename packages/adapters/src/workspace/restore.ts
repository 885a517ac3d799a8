import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { hasCode } from './files.ts';
import { fieldsOf } from './git.ts';
import { removeIgnored, removeUntracked } from './ignored-files.ts';
import type { Shadow } from './shadow.ts';
import { nestedRepositories, snapshot } from './snapshot.ts';

/** Which files the worktree shall have. */
export interface RestoreTarget {
  readonly worktree: string;
  /** The commit that the build began at. */
  readonly start: string;
  readonly tree: string;
  /** Names of ignored files and folders that stay. */
  readonly keepIgnored: readonly string[];
}

/** A late write of an attempt that is ending may spoil one restore. */
const ATTEMPTS = 2;

/** Git's words for objects that it should have and has not. */
const LOST_OBJECT =
  /unable to read|bad object|bad tree object|missing (?:blob|tree)|failed to unpack tree|not a valid object/i;

/**
 * Makes the files equal to `target.tree` to the byte. Where that changes any, the ignored files go,
 * too, for they were made from the others: build output, reports, caches. Answers whether anything
 * had to be done.
 *
 * @throws BatonError `data_loss` when the tree's objects are gone, `unavailable` when the files come
 * out otherwise, time and again, because somebody else writes them.
 */
export async function restore(shadow: Shadow, target: RestoreTarget): Promise<boolean> {
  const { start, tree, worktree, keepIgnored } = target;
  const present = await snapshot(shadow, start);
  if (present === tree) return false;
  // Before anything else: were this to die halfway, the files would still differ next time.
  await removeIgnored(shadow, worktree, keepIgnored);
  let found = present;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    found = await restoreFrom(shadow, target);
    if (found === tree) return true;
  }
  throw new BatonError(
    'unavailable',
    `restoring ${worktree}: expected the files to have the digest ${tree}, found ${found}: something goes on writing there`,
    { metadata: { expected: tree, found } },
  );
}

/** Answers the digest that the files have afterwards. */
async function restoreFrom(shadow: Shadow, target: RestoreTarget): Promise<string> {
  const { start, tree, worktree, keepIgnored } = target;
  try {
    await shadow.run(['read-tree', '--reset', '-u', tree]);
    await removeForeign(shadow, worktree, keepIgnored);
    await recreateSubmoduleFolders(shadow, target);
  } catch (reason) {
    throw explained(reason, tree);
  }
  return snapshot(shadow, start);
}

/** What an attempt left that is no file of a tree: repositories of its own, empty folders. */
async function removeForeign(
  shadow: Shadow,
  worktree: string,
  keepIgnored: readonly string[],
): Promise<void> {
  for (;;) {
    const nested = await nestedRepositories(shadow);
    if (nested.length === 0) break;
    for (const folder of nested) await rm(gitFolderIn(worktree, folder), { recursive: true });
  }
  await removeUntracked(shadow, worktree, keepIgnored);
}

/** File names are bytes; as text some of them could not be told from others. */
function gitFolderIn(worktree: string, folder: string): Buffer {
  return Buffer.concat([Buffer.from(join(worktree, '/')), Buffer.from(`${folder}.git`, 'latin1')]);
}

/** Git keeps an empty folder for a submodule that is not checked out; without it it counts as deleted. */
async function recreateSubmoduleFolders(shadow: Shadow, target: RestoreTarget): Promise<void> {
  const entries = fieldsOf(await shadow.run(['ls-tree', '-r', '-z', target.start]));
  for (const entry of entries) {
    if (!entry.startsWith('160000 ')) continue;
    const path = Buffer.from(entry.slice(entry.indexOf('\t') + 1), 'latin1').toString('utf8');
    await mkdir(join(target.worktree, path), { recursive: true }).catch((reason) => {
      if (!hasCode(reason, 'EEXIST') && !hasCode(reason, 'ENOTDIR')) throw reason;
    });
  }
}

function explained(reason: unknown, tree: string): BatonError {
  const error = BatonError.from(reason);
  if (!LOST_OBJECT.test(error.message)) return error;
  return new BatonError(
    'data_loss',
    `the files of digest ${tree} are no longer all in the repository: ${error.message}`,
    { metadata: { expected: tree }, cause: error },
  );
}
