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
/** Name of the metadata that names what git cannot store. */
const UNSTORABLE = 'unstorable';
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
  if (refused !== undefined) throw unstorable(refused, 'git ignored the path: rename or delete it');
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

/** Git's words for what it cannot store, and what to do about it. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/invalid path '(.+)'/, 'git cannot store a file of this name: rename, ignore or delete it'],
  [/error: (.+): unsupported file type/, 'it is a pipe, socket or device: delete it'],
];

function explained(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  for (const [words, remedy] of REFUSALS) {
    const path = words.exec(error.message)?.[1];
    if (path !== undefined) return unstorable(path, remedy, error);
  }
  return error;
}

function unstorable(path: string, remedy: string, cause?: BatonError): BatonError {
  const description = `expected files and links, found ${path}: ${remedy}`;
  return new BatonError('invalid_input', `no snapshot of the workspace: ${description}`, {
    violations: [{ field: path, description }],
    metadata: { [UNSTORABLE]: path },
    cause,
  });
}

/** Whether a snapshot failed because of a file that git cannot store. */
export function isUnstorable(reason: unknown): boolean {
  return reason instanceof BatonError && reason.metadata?.[UNSTORABLE] !== undefined;
}
