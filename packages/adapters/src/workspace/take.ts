import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BatonError } from '@baton/core';
import { filePlace, hasCode, pathText, writeWhole } from '../files/files.ts';
import { bytesOf, fieldsOf, type Git, textOf } from '../git/git.ts';
import { copyIndex, type Repository } from '../git/repository.ts';
import {
  type HandOver,
  type HandOverRequest,
  type HandOverTools,
  makeCommit,
  makeHandOver,
} from './hand-over.ts';
import { claimedCommits, type Merged, mergeOnto, treeOf } from './handed-over.ts';
import type { PrivateGit } from './private-git.ts';

/*
 * Invariants
 * 1. A private git with the settings from before the build does git's part: no hook runs, and no filter or
 *    merge driver that a role has set up since.
 * 2. When the work does not apply, the user's branch, index and files stay as they were.
 */

/** Where to deliver the work: a branch of its own, the user's index and files, or a patch. */
export type TakeMode = 'branch' | 'squash' | 'patch';

/** Settings and `.gitmodules` can make git ignore changes of submodules. */
const EVERY_POINTER = '--ignore-submodules=none';

/** The result. */
export type Taken =
  | (HandOver & {
      readonly kind: 'branch';
      /** The commit that the work was rebased onto, if it is not the starting commit. */
      readonly rebasedOnto: string | undefined;
    })
  | { readonly kind: 'squash'; readonly files: readonly string[]; readonly onto: string }
  | { readonly kind: 'patch'; readonly patch: Buffer }
  | {
      readonly kind: 'conflicts';
      readonly branch: string;
      /** Files that both the build and the user's branch have changed. */
      readonly files: readonly string[];
      readonly onto: string;
    };

export interface TakeTools extends HandOverTools {
  readonly repository: Repository;
  /** The user's own git, only to find paths. */
  readonly usersGit: Git;
}

/**
 * Delivers the work of a build.
 *
 * @throws BatonError `invalid_input` when uncommitted changes of the user are in the way, or the branch is
 * checked out elsewhere; and what `makeHandOver` throws.
 */
export async function takeWork(
  tools: TakeTools,
  request: HandOverRequest,
  mode: TakeMode,
): Promise<Taken> {
  const made = await makeHandOver(tools, request);
  if (mode === 'patch') return { kind: 'patch', patch: await patchOf(tools) };
  const onto = await tools.branches.head();
  if (onto === undefined)
    throw new BatonError('invalid_input', 'the repository has no commit at HEAD');
  const merged = await merge(tools, made, onto);
  if (merged.conflicts.length > 0) {
    return { kind: 'conflicts', branch: made.branch, files: merged.conflicts, onto };
  }
  if (mode === 'squash') return stage(tools, request, onto, merged.tree);
  return putOnBranch(tools, request, made, onto, merged.tree);
}

async function patchOf({ git, record }: TakeTools): Promise<Buffer> {
  const shape = ['-p', '--binary', '--full-index', '--no-ext-diff', '--no-textconv', EVERY_POINTER];
  return (await git.run(['diff-tree', ...shape, record.start, record.tree])).stdout;
}

async function merge({ git }: TakeTools, made: HandOver, onto: string): Promise<Merged> {
  if (onto !== made.parent) return mergeOnto(git, made.commit, onto);
  return { tree: await treeOf(git, made.commit), conflicts: [] };
}

async function putOnBranch(
  { git, branches, settings }: TakeTools,
  request: HandOverRequest,
  made: HandOver,
  onto: string,
  tree: string,
): Promise<Taken> {
  const { branch, workflowId } = request;
  const done = { ...made, kind: 'branch', rebasedOnto: undefined } as const;
  const tip = await branches.tip(branch);
  // The branch already contains the work: the user has taken it before.
  const isTaken = onto === made.parent || (await claimedCommits(git, workflowId, onto)).length > 0;
  if (isTaken || tip !== made.commit) return done;
  const place = await branches.checkedOutIn(branch);
  if (place !== undefined) {
    const description = `the branch ${branch} is checked out in ${place}: switch to another one there`;
    throw new BatonError('invalid_input', `the work cannot be rebased: ${description}`, {
      violations: [{ field: 'branch', description }],
    });
  }
  const commit = await makeCommit(git, settings, { tree, parent: onto, request });
  await branches.move(branch, commit, made.commit);
  return { kind: 'branch', branch, commit, parent: onto, rebasedOnto: onto };
}

/** Applies the work to the user's index and files, like `git merge --squash`. */
async function stage(
  { git, repository, usersGit }: TakeTools,
  request: HandOverRequest,
  onto: string,
  tree: string,
): Promise<Taken> {
  const names = ['--git-path', 'index', '--git-path', 'SQUASH_MSG'];
  const asked = ['rev-parse', '--path-format=absolute', '--is-bare-repository', ...names];
  const answer = textOf(await usersGit(asked, { cwd: repository.root }));
  const [bare, index = '', message = ''] = answer.split('\n');
  if (bare === 'true') {
    throw new BatonError(
      'invalid_input',
      'a bare repository has no files to put the work into: take it as a branch',
    );
  }
  const diff = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', EVERY_POINTER, onto, tree];
  const paths = fieldsOf(await git.run(diff));
  await withIndexLock(index, async (lock) => {
    await copyUsersIndex(index, git.folder);
    await unskip(git, repository.root, paths);
    // A file that differs is the user's, even if git is set to ignore the difference.
    await git.run(['update-index', '-q', '--really-refresh'], { accept: [1] });
    try {
      await git.run(['read-tree', '-m', '-u', onto, tree]);
    } catch (reason) {
      throw inTheWay(reason);
    }
    await copyIndex(git.index, lock);
  });
  await writeWhole(message, `${request.message.trim()}\n`);
  return { kind: 'squash', files: paths.map(pathText), onto };
}

/** Makes git examine those of `paths` that it was told to skip and that exist. */
async function unskip(git: PrivateGit, root: string, paths: readonly string[]): Promise<void> {
  const asked = new Set(paths);
  const tagged = fieldsOf(await git.run(['ls-files', '-t', '-z']));
  const skipped = tagged.flatMap((line) => (line.startsWith('S ') ? [line.slice(2)] : []));
  const there = skipped.filter((path) => asked.has(path) && existsSync(filePlace(root, path)));
  if (there.length === 0) return;
  const input = bytesOf(there);
  await git.run(['update-index', '--no-skip-worktree', '-z', '--stdin'], { input });
}

/** A split index consists of two files; a repository without staged files has none. */
async function copyUsersIndex(index: string, folder: string): Promise<void> {
  for (const name of await readdir(dirname(index))) {
    if (name !== basename(index) && !name.startsWith('sharedindex.')) continue;
    const place = join(folder, name);
    await rm(place, { force: true });
    await copyIndex(join(dirname(index), name), place);
  }
}

/** Holds git's lock on the index, and replaces the index with the file that `work` leaves there. */
async function withIndexLock(index: string, work: (lock: string) => Promise<void>): Promise<void> {
  const lock = `${index}.lock`;
  const handle = await open(lock, 'wx').catch((reason: unknown) => {
    if (!hasCode(reason, 'EEXIST')) throw reason;
    throw new BatonError('unavailable', `another git process is at work: ${lock} is there`);
  });
  await handle.close();
  try {
    await work(lock);
    await rename(lock, index);
  } finally {
    await rm(lock, { force: true });
  }
}

function inTheWay(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  const found =
    /Entry '([\s\S]+?)' (?:not uptodate|would be overwritten)|Untracked working tree file '([\s\S]+?)' would/.exec(
      error.message,
    );
  if (/resolve your current index first/.test(error.message)) {
    const description =
      'your index has files that are not merged: end the merge or rebase that you are in, then take the work again';
    throw new BatonError('invalid_input', `the work was not put into your files: ${description}`, {
      violations: [{ field: 'workspace', description }],
      cause: error,
    });
  }
  const file = found?.[1] ?? found?.[2];
  if (file === undefined) return error;
  const description = `${file} has changes that are not committed: commit, stash or move them, then take the work again`;
  return new BatonError('invalid_input', `the work was not put into your files: ${description}`, {
    violations: [{ field: file, description }],
    cause: error,
  });
}
