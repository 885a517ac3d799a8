import { BatonError } from '@baton/core';
import { bytesOf, fieldsOf, textOf } from './git.ts';
import type { IndexedShadow } from './index-file.ts';

/*
 * Invariants
 * 1. The tree depends on the files, the ignore rules and the commit the build began with, never on
 *    what the index happened to hold before: equal files give equal trees in every process.
 * 2. In the tree are all files that no rule ignores, and, ignored or not, those whose names the
 *    starting commit holds, as git counts them as tracked.
 * 3. Nested repositories are folders like any other: their files are in the tree, their `.git` is
 *    not. The tree holds no submodule entries, so no file can hide behind one.
 */

/** Mode of a submodule entry in a tree. */
const SUBMODULE = '160000';

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
  await admitNested(shadow, start);
  const added = await shadow.run(['add', '--all']);
  if (added.stderr.includes('could not open directory')) {
    throw new BatonError('unavailable', `the workspace cannot be read: ${added.stderr.trim()}`);
  }
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
 * Git enters a nested repository only where the index already has a file below it, so each gets a
 * placeholder, which `add` drops again because there is no such file.
 */
async function admitNested(shadow: IndexedShadow, start: string): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    const found = (await nestedRepositories(shadow)).filter((folder) => !seen.has(folder));
    if (found.length === 0) return;
    for (const folder of found) seen.add(folder);
    await addEntries(
      shadow,
      found.map((folder) => `100644 ${start}\t${folder}.baton-nested`),
    );
  }
}

/** Repositories inside the worktree that no file of the index lies in, each with a `/` at the end. */
export async function nestedRepositories(shadow: IndexedShadow): Promise<string[]> {
  const others = await shadow.run(['ls-files', '-z', '--others', '--exclude-standard']);
  return fieldsOf(others).filter((path) => path.endsWith('/'));
}

/** What was added before a rule came to ignore it goes, unless the starting commit holds it. */
async function dropIgnored(shadow: IndexedShadow, start: string): Promise<void> {
  const ignored = fieldsOf(
    await shadow.run(['ls-files', '-z', '--cached', '--ignored', '--exclude-standard']),
  );
  if (ignored.length === 0) return;
  const names = await shadow.run(['ls-tree', '-r', '-z', '--name-only', start]);
  const tracked = new Set(fieldsOf(names));
  const dropped = ignored.filter((path) => !tracked.has(path));
  if (dropped.length === 0) return;
  await shadow.run(['update-index', '-z', '--force-remove', '--stdin'], {
    input: bytesOf(dropped),
  });
}

/** Adds `<mode> <object>\t<path>` entries; an entry of mode 0 removes the path. */
export async function addEntries(shadow: IndexedShadow, entries: readonly string[]): Promise<void> {
  if (entries.length === 0) return;
  await shadow.run(['update-index', '-z', '--index-info'], { input: bytesOf(entries) });
}

function explained(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  const refused = /invalid path '(.+)'/.exec(error.message)?.[1];
  if (refused === undefined) return error;
  const description = `git cannot store a file of the name ${refused}: rename, ignore or delete it`;
  return new BatonError('invalid_input', `no snapshot of the workspace: ${description}`, {
    violations: [{ field: refused, description }],
    cause: error,
  });
}
