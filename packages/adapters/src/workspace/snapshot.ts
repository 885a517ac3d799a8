import { lstat, readFile, writeFile } from 'node:fs/promises';
import { BatonError } from '@baton/core';
import { isMissing, pathText } from '../files/files.ts';
import { hashFiles } from '../files/hash-files.ts';
import {
  FILE,
  listTree,
  modeOf,
  SUBMODULE,
  type TreeEntries,
  treeId,
} from '../git/tree-entries.ts';
import { changeIndex, removeFromIndex } from './change-index.ts';
import { listFiles, writeIgnoreFile } from './ignored-files.ts';
import type { PrivateGit, WithPrivateGit } from './private-git.ts';
import type { Submodules } from './submodules.ts';

/*
 * Invariants
 * 1. A snapshot depends only on the files, the ignore rules and the starting commit. Every file is read
 *    again, because the program that changes a file can also forge whatever marks it as unchanged (an index,
 *    times, flags).
 * 2. It contains all files that no rule ignores, and all files whose names the starting commit contains,
 *    ignored or not, as git treats them as tracked. The rules are the build's; ignore files in the worktree
 *    are ordinary files.
 * 3. Nested repositories are ordinary folders: their files are included, their `.git` is not. Only a
 *    submodule with exactly the files of one of its commits counts as that commit.
 * 4. It writes no objects: a file that git would encrypt or filter is stored nowhere in clear.
 */

/** The exact files of a worktree. */
export interface Snapshot {
  readonly entries: TreeEntries;
  /** All paths, including those in submodules. */
  readonly paths: readonly string[];
  /** Equal digests mean equal files: the id of the tree that git would make of the unconverted files. */
  readonly digest: string;
}

/** Takes snapshots of one worktree. */
export type TakeSnapshot = () => Promise<Snapshot>;

export interface SnapshotSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly objectFormat: string;
  /** The commit that the build started from. */
  readonly start: string;
  readonly ignoreRules: Buffer;
  readonly submodules: Submodules;
}

/** Metadata that names what git cannot store. */
const UNSTORABLE = 'unstorable';
/** Names that no path may contain: git takes them for a git folder, in any case of letters. */
const GIT_FOLDER = /(?:^|\/)\.git(?:\/|$)/i;

export function snapshotsOf(source: SnapshotSource): TakeSnapshot {
  const { withGit, worktree, objectFormat, submodules } = source;
  /** The names in the starting commit, cached between snapshots. */
  let names: TrackedNames | undefined;
  return async () => {
    await expectFolder(worktree);
    return withGit({ worktree }, async (git) => {
      names ??= await trackedNames(git, source.start);
      await writeFile(git.index, names.index);
      const tracked = await hashed(worktree, names.files, objectFormat);
      // Git would not search a folder that has the name of a file in the index.
      await removeFromIndex(
        git,
        names.files.filter((path) => !tracked.has(path)),
      );
      const populated = await submodules.populated();
      const rules = [source.ignoreRules, ...(await submodules.ignoreRules(populated))];
      await writeIgnoreFile(git, Buffer.concat(rules));
      const others = [
        ...submodules.trackedFiles(populated),
        ...(await listOthers(git, source.start)),
      ];
      const untracked = [...new Set(others)].filter((path) => !tracked.has(path));
      const files = new Map([...tracked, ...(await hashed(worktree, untracked, objectFormat))]);
      const entries = await submodules.foldInto(files, populated);
      return { entries, paths: [...files.keys()], digest: await treeId(entries, objectFormat) };
    });
  };
}

/** A link in place of the worktree would let the files of another folder be judged. */
async function expectFolder(worktree: string): Promise<void> {
  const found = await lstat(worktree).catch((reason: unknown) => {
    if (isMissing(reason)) return undefined;
    throw reason;
  });
  if (found?.isDirectory()) return;
  const what = found === undefined ? 'is gone' : 'is no longer a folder but a link or a file';
  throw new BatonError(
    'unavailable',
    `the worktree ${worktree} ${what}: it is created again when the build is opened`,
  );
}

interface TrackedNames {
  readonly files: readonly string[];
  /** An index of these files, with a placeholder in each submodule. */
  readonly index: Buffer;
}

async function trackedNames(git: PrivateGit, start: string): Promise<TrackedNames> {
  const all = [...(await listTree(git.run, start))];
  const submodules = all.flatMap(([path, entry]) => (modeOf(entry) === SUBMODULE ? [path] : []));
  const files = all.flatMap(([path, entry]) => (modeOf(entry) === SUBMODULE ? [] : [path]));
  await git.run(['read-tree', start]);
  await removeFromIndex(git, submodules);
  await changeIndex(
    git,
    submodules.map((path) => placeholder(path, start)),
  );
  return { files, index: await readFile(git.index) };
}

/**
 * All files that are neither in the index nor ignored. Git only enters a nested repository when the index has
 * a file below it, so each gets a placeholder.
 */
async function listOthers(git: PrivateGit, start: string): Promise<readonly string[]> {
  for (const entered = new Set<string>(); ; ) {
    const others = await listFiles(git, '--others');
    const nested = others.filter((path) => path.endsWith('/') && !entered.has(path));
    if (nested.length === 0) return others.filter((path) => !path.endsWith('/'));
    for (const path of nested) entered.add(path);
    await changeIndex(
      git,
      nested.map((path) => placeholder(path.slice(0, -1), start)),
    );
  }
}

/** A file entry that no folder has; with it in the index, git searches the folder. */
function placeholder(folder: string, anyId: string): string {
  return `${FILE} ${anyId}\t${folder}/.baton-nested`;
}

async function hashed(
  worktree: string,
  paths: readonly string[],
  objectFormat: string,
): Promise<Map<string, string>> {
  const refused = paths.find((path) => GIT_FOLDER.test(path));
  if (refused !== undefined) {
    throw unstorable(refused, 'git cannot store a file of this name: rename, ignore or delete it');
  }
  const found = await hashFiles(worktree, paths, objectFormat);
  const entries = new Map<string, string>();
  for (const [at, path] of paths.entries()) {
    const entry = found[at];
    if (entry === undefined) continue;
    if (typeof entry !== 'string') {
      throw unstorable(path, 'it is a pipe, socket or device: delete it');
    }
    entries.set(path, entry);
  }
  return entries;
}

function unstorable(bytes: string, remedy: string): BatonError {
  const path = pathText(bytes);
  const description = `expected files and links, found ${path}: ${remedy}`;
  return new BatonError('invalid_input', `no snapshot of the workspace: ${description}`, {
    violations: [{ field: path, description }],
    metadata: { [UNSTORABLE]: path },
  });
}

/** Whether a snapshot failed because of a file that git cannot store. */
export function isUnstorable(reason: unknown): boolean {
  return BatonError.is(reason) && reason.metadata?.[UNSTORABLE] !== undefined;
}
