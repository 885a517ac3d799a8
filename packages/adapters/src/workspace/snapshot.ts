import { BatonError } from '@baton/core';
import { bytesOf, fieldsOf, textOf } from './git.ts';
import { listFiles } from './list-files.ts';
import type { Shadow } from './shadow.ts';

/*
 * Invariants
 * 1. The tree depends on the files, the ignore rules and the commit the build began with, and on
 *    nothing else: every file is read anew, for whatever says that it is unchanged (an index, times,
 *    flags) can be made to say so by the program that changed it.
 * 2. In the tree are all files that no rule ignores, and, ignored or not, those whose names the
 *    starting commit holds, as git counts them as tracked. The rules are the build's; ignore files in
 *    the worktree are files like any other.
 * 3. Nested repositories are folders like any other: their files are in the tree, their `.git` is
 *    not. The tree holds no submodule entries, so no file can hide behind one.
 */

/** Mode of a submodule entry in a tree. */
const SUBMODULE = '160000';
/** Mode of what is not there. */
const NOTHING = '000000';

/**
 * Writes the worktree as a git tree and answers its id, which leaves the index equal to it.
 *
 * @throws BatonError `invalid_input` when there is a file that git cannot store.
 */
export async function snapshot(shadow: Shadow, start: string): Promise<string> {
  try {
    await shadow.run(['read-tree', '--empty']);
    await admitTracked(shadow, start);
    const changed = await dropGone(shadow);
    const untracked = await admitNested(shadow, start);
    await takeIn(shadow, [...changed, ...untracked]);
    return textOf(await shadow.run(['write-tree']));
  } catch (reason) {
    throw explained(reason);
  }
}

/** The names of the starting commit count as tracked. */
async function admitTracked(shadow: Shadow, start: string): Promise<void> {
  const tracked = fieldsOf(await shadow.run(['ls-tree', '-r', '-z', start]));
  const entries = tracked.filter((entry) => !entry.startsWith(SUBMODULE));
  await addEntries(shadow, entries);
}

/**
 * Drops the files of the index that are no more, and answers those that differ. A folder where a file
 * was counts as gone, a repository with commits too: git would take it in as a submodule.
 */
async function dropGone(shadow: Shadow): Promise<string[]> {
  const fields = fieldsOf(await shadow.run(['diff-files', '--raw', '-z']));
  const gone: string[] = [];
  const changed: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = ''] = (fields[at] ?? '').split(' ');
    const isGone = mode === NOTHING || mode === SUBMODULE;
    (isGone ? gone : changed).push(fields[at + 1] ?? '');
  }
  await removeEntries(shadow, gone);
  return changed;
}

/**
 * Git enters a nested repository only where the index already has a file below it, so each gets a
 * placeholder. Answers all files that the index does not hold, and the placeholders, which are no
 * files.
 */
async function admitNested(shadow: Shadow, start: string): Promise<string[]> {
  const placeholders = new Map<string, string>();
  for (;;) {
    const untracked = await listFiles(shadow, '--others');
    const found = untracked.filter((path) => path.endsWith('/') && !placeholders.has(path));
    if (found.length === 0) {
      return [...untracked.filter((path) => !path.endsWith('/')), ...placeholders.values()];
    }
    for (const folder of found) placeholders.set(folder, `${folder}.baton-nested`);
    await addEntries(
      shadow,
      found.map((folder) => `100644 ${start}\t${placeholders.get(folder)}`),
    );
  }
}

/** Not by `git add`, which asks the ignore files of the worktree. What is no file is dropped. */
async function takeIn(shadow: Shadow, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const added = await shadow.run(['update-index', '-z', '--add', '--remove', '--stdin'], {
    input: bytesOf(paths),
  });
  const refused = /^Ignoring path (.+)$/m.exec(added.stderr)?.[1];
  if (refused !== undefined) throw unstorable(refused);
}

/** Repositories inside the worktree that no file of the index lies in, each with a `/` at the end. */
export async function nestedRepositories(shadow: Shadow): Promise<string[]> {
  return (await listFiles(shadow, '--others')).filter((path) => path.endsWith('/'));
}

async function removeEntries(shadow: Shadow, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await shadow.run(['update-index', '-z', '--force-remove', '--stdin'], { input: bytesOf(paths) });
}

/** Adds `<mode> <object>\t<path>` entries, or such as `ls-tree` answers. */
async function addEntries(shadow: Shadow, entries: readonly string[]): Promise<void> {
  if (entries.length === 0) return;
  await shadow.run(['update-index', '-z', '--index-info'], { input: bytesOf(entries) });
}

function explained(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  const refused = /invalid path '(.+)'/.exec(error.message)?.[1];
  return refused === undefined ? error : unstorable(refused, error);
}

function unstorable(path: string, cause?: BatonError): BatonError {
  const description = `git cannot store a file of the name ${path}: rename, ignore or delete it`;
  return new BatonError('invalid_input', `no snapshot of the workspace: ${description}`, {
    violations: [{ field: path, description }],
    cause,
  });
}
