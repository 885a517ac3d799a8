import { BatonError } from '@baton/core';
import { bytesOf, fieldsOf, textOf } from './git.ts';
import type { IndexedShadow } from './index-file.ts';
import { listFiles } from './list-files.ts';

/*
 * Invariants
 * 1. The tree depends on the files, the ignore rules and the commit the build began with, never on
 *    what the index happened to hold before: equal files give equal trees in every process.
 * 2. In the tree are all files that no rule ignores, and, ignored or not, those whose names the
 *    starting commit holds, as git counts them as tracked. The rules are the build's (`ignore-rules`);
 *    ignore files in the worktree are files like any other.
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
export async function snapshot(shadow: IndexedShadow, start: string): Promise<string> {
  for (;;) {
    try {
      return await takeSnapshot(shadow, start);
    } catch (reason) {
      // An index may be torn by a power cut or name objects that `git gc` has pruned since.
      if (!(await shadow.startOver())) throw explained(reason);
    }
  }
}

async function takeSnapshot(shadow: IndexedShadow, start: string): Promise<string> {
  await admitTracked(shadow, start);
  const changed = await dropGone(shadow);
  const untracked = await admitNested(shadow, start);
  await takeIn(shadow, [...changed, ...untracked]);
  await dropIgnored(shadow, start);
  return textOf(await shadow.run(['write-tree']));
}

/** Names of the starting commit that fell out of the index count as tracked again. */
async function admitTracked(shadow: IndexedShadow, start: string): Promise<void> {
  const fields = fieldsOf(
    await shadow.run(['diff-index', '--cached', '--raw', '-z', '--diff-filter=D', start]),
  );
  const entries: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [mode = '', , oid = ''] = (fields[at] ?? '').slice(1).split(' ');
    if (mode !== SUBMODULE) entries.push(`${mode} ${oid}\t${fields[at + 1]}`);
  }
  await addEntries(shadow, entries);
}

/**
 * Drops the files of the index that are no more, and answers those that differ. A folder where a file
 * was counts as gone, a repository with commits too: git would take it in as a submodule.
 */
async function dropGone(shadow: IndexedShadow): Promise<string[]> {
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
async function admitNested(shadow: IndexedShadow, start: string): Promise<string[]> {
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
async function takeIn(shadow: IndexedShadow, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const added = await shadow.run(['update-index', '-z', '--add', '--remove', '--stdin'], {
    input: bytesOf(paths),
  });
  const refused = /^Ignoring path (.+)$/m.exec(added.stderr)?.[1];
  if (refused !== undefined) throw unstorable(refused);
}

/** Repositories inside the worktree that no file of the index lies in, each with a `/` at the end. */
export async function nestedRepositories(shadow: IndexedShadow): Promise<string[]> {
  return (await listFiles(shadow, '--others')).filter((path) => path.endsWith('/'));
}

/** What was added before a rule came to ignore it goes, unless the starting commit holds it. */
async function dropIgnored(shadow: IndexedShadow, start: string): Promise<void> {
  const ignored = await listFiles(shadow, '--cached', '--ignored');
  if (ignored.length === 0) return;
  const names = await shadow.run(['ls-tree', '-r', '-z', '--name-only', start]);
  const tracked = new Set(fieldsOf(names));
  await removeEntries(
    shadow,
    ignored.filter((path) => !tracked.has(path)),
  );
}

async function removeEntries(shadow: IndexedShadow, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await shadow.run(['update-index', '-z', '--force-remove', '--stdin'], { input: bytesOf(paths) });
}

/** Adds `<mode> <object>\t<path>` entries; an entry of mode 0 removes the path. */
async function addEntries(shadow: IndexedShadow, entries: readonly string[]): Promise<void> {
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
