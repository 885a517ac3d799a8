import { rm } from 'node:fs/promises';
import { filePlace } from '../files/files.ts';
import { bytesOf, fieldsOf, textOf } from '../git/git.ts';
import { type GitSettings, settingIsTrue } from '../git/git-settings.ts';
import { differing, listTree, type TreeEntries } from '../git/tree-entries.ts';
import { changeIndex, removeFromIndex } from './change-index.ts';
import { conversionsOf } from './file-attributes.ts';
import { AS_THEY_ARE, type PrivateGit, type WithPrivateGit } from './private-git.ts';

/** A tree, and the source of the attributes for checking it out. */
export interface CheckOutSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly settings: GitSettings;
  /** The commit that the build started from. */
  readonly start: string;
  readonly tree: string;
}

/**
 * Checks out a tree into the worktree. Git uses the attributes of the tree, but a build uses those of its
 * start: where they differ, the old attribute files are in place during the checkout.
 *
 * @param git a private git of the worktree with the settings; its index lists the files that exist.
 */
export async function checkOutTree(git: PrivateGit, source: CheckOutSource): Promise<void> {
  const { worktree, start, tree } = source;
  const old = await attributeFiles(git, start);
  const present = await attributeFiles(git, tree);
  const changed = differing(old, present);
  if (changed.length === 0) {
    await git.run(['read-tree', '--reset', '-u', tree]);
    await checkOutBeyondPatterns(git, source);
    return;
  }
  const mixed = await treeWith(source, changed, old);
  await git.run(['read-tree', '--reset', '-u', mixed]);
  await checkOutBeyondPatterns(git, source);
  const there = changed.filter((path) => present.has(path));
  const conversions = await conversionsOf(git, there, source.settings);
  for (const path of changed) {
    const entry = present.get(path);
    if (entry === undefined) await rm(filePlace(worktree, path), { force: true });
    else await checkOutFile(source, path, entry, conversions.get(path)?.attributes);
  }
  await setEntries(git, changed, present);
}

/** Sets the index entries of `paths` to those of `entries`, and removes the others. */
async function setEntries(
  git: PrivateGit,
  paths: readonly string[],
  entries: TreeEntries,
): Promise<void> {
  await removeFromIndex(git, paths);
  const kept = paths.filter((path) => entries.has(path));
  await changeIndex(
    git,
    kept.map((path) => `${entries.get(path)}\t${path}`),
  );
}

/**
 * Also writes files that the build changed outside of a sparse checkout's patterns: git leaves them out, but
 * roles and checks had them.
 */
async function checkOutBeyondPatterns(
  git: PrivateGit,
  { settings, start, tree }: CheckOutSource,
): Promise<void> {
  if (!settingIsTrue(settings, 'core.sparsecheckout')) return;
  const options = ['-r', '-z', '--name-only', '--no-renames', '--diff-filter=d'];
  const input = bytesOf(fieldsOf(await git.run(['diff-tree', ...options, start, tree])));
  if (input.length === 0) return;
  await git.run(['update-index', '-z', '--no-skip-worktree', '--stdin'], { input });
  await git.run(['checkout-index', '-z', '--stdin', '-f'], { input });
}

async function attributeFiles(git: PrivateGit, tree: string): Promise<TreeEntries> {
  const all = await listTree(git.run, tree);
  return new Map([...all].filter(([path]) => /(?:^|\/)\.gitattributes$/.test(path)));
}

/** The tree with the entries of `paths` taken from `entries`. */
async function treeWith(
  { withGit, worktree, tree }: CheckOutSource,
  paths: readonly string[],
  entries: TreeEntries,
): Promise<string> {
  return withGit({ worktree }, async (other) => {
    await other.run(['read-tree', tree]);
    await setEntries(other, paths, entries);
    return textOf(await other.run(['write-tree', '--missing-ok']));
  });
}

async function checkOutFile(
  { withGit, worktree, settings }: CheckOutSource,
  path: string,
  entry: string,
  attributes = AS_THEY_ARE,
): Promise<void> {
  await withGit({ worktree, settings, attributes }, async (git) => {
    await changeIndex(git, [`${entry}\t${path}`]);
    await git.run(['checkout-index', '-z', '--stdin', '-f'], { input: bytesOf([path]) });
  });
}
