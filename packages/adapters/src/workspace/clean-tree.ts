import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { filePlace, pathText } from '../files/files.ts';
import { hashFiles } from '../files/hash-files.ts';
import { explainedFilterFailure, unknownFilter } from '../git/filter-failure.ts';
import { bytesOf, fieldsOf, textOf } from '../git/git.ts';
import { type GitSettings, settingIsTrue, settingOf } from '../git/git-settings.ts';
import {
  differing,
  FILE,
  idOf,
  LINK,
  listTree,
  modeOf,
  SUBMODULE,
  type TreeEntries,
} from '../git/tree-entries.ts';
import { changeIndex, removeFromIndex } from './change-index.ts';
import { type Conversion, conversionsOf, isConfigured } from './file-attributes.ts';
import { pathsLeftOut } from './left-out.ts';
import type { WithPrivateGit } from './private-git.ts';
import { SUBMODULE_HEAD, type Submodules } from './submodules.ts';

/*
 * Invariants
 * 1. What did not change keeps its entry, whatever it is: an encrypted file, a pointer, a submodule, a file
 *    outside of a sparse checkout.
 * 2. What changed is stored as the user's git would store it, with the attributes and filters from the start
 *    of the build. A file with a filter is never stored without it.
 * 3. Afterwards, each changed file equals what git checks out of the tree. So what is judged from then on is,
 *    byte by byte, what every checkout contains.
 */

export interface CleanTreeSource {
  readonly withGit: WithPrivateGit;
  readonly worktree: string;
  readonly objectFormat: string;
  /** The commit that the build started from; its attributes apply. */
  readonly start: string;
  readonly settings: GitSettings;
  readonly submodules: Submodules;
}

/** The files of the worktree, and the tree that they were checked out from. */
export interface CleanFiles {
  readonly tree: string;
  readonly entries: TreeEntries;
}

/**
 * Writes the tree of `now`, given that `before` is stored as `before.tree`. Returns the tree and the
 * resulting files.
 *
 * @throws BatonError `invalid_input` for a file whose filter is missing, and for a submodule with changes
 * that are in no commit of the user's.
 */
export async function writeCleanTree(
  source: CleanTreeSource,
  before: CleanFiles,
  now: TreeEntries,
): Promise<CleanFiles> {
  const { withGit, worktree, submodules } = source;
  const changed = differing(before.entries, now);
  if (changed.length === 0) return { tree: before.tree, entries: now };
  await checkSubmodules(changed, now, submodules);
  const files = changed.filter((path) => now.has(path) && kindOf(now, path) !== SUBMODULE);
  const links = await linksAsFiles(source, before.tree);
  const regular = files.filter((path) => kindOf(now, path) !== LINK && !links.has(path));
  const conversions = await findConversions(source, regular);
  const { ids, rewritten } = await convert(source, conversions, now);
  const asTheyAre = files.filter((path) => !conversions.has(path));
  const tree = await withGit({ worktree }, async (git) => {
    await git.run(['read-tree', before.tree]);
    await removeFromIndex(
      git,
      changed.filter((path) => !now.has(path)),
    );
    const commits = changed.filter((path) => kindOf(now, path) === SUBMODULE);
    await changeIndex(
      git,
      commits.map((path) => `${now.get(path)}\t${path}`),
    );
    if (asTheyAre.length > 0) {
      await git.run(['update-index', '-z', '--add', '--replace', '--stdin'], {
        input: bytesOf(asTheyAre),
      });
    }
    const plain = asTheyAre.filter((path) => links.has(path) && kindOf(now, path) === FILE);
    await changeIndex(
      git,
      plain.map((path) => `${LINK} ${idOf(now.get(path) ?? '')}\t${path}`),
    );
    await changeIndex(
      git,
      [...ids].map(([path, id]) => `${kindOf(now, path)} ${id}\t${path}`),
    );
    // A partial clone does not have all objects.
    return textOf(await git.run(['write-tree', '--missing-ok']));
  });
  const entries = new Map([...now, ...rewritten]);
  for (const path of await leftOut(source, tree, files)) {
    await rm(filePlace(worktree, path), { force: true });
    entries.delete(path);
  }
  return { tree, entries };
}

/** Links that `core.symlinks` checks out as files with the target as content. */
async function linksAsFiles(
  { withGit, worktree, settings }: CleanTreeSource,
  tree: string,
): Promise<ReadonlySet<string>> {
  if (settingOf(settings, 'core.symlinks') === undefined) return new Set();
  if (settingIsTrue(settings, 'core.symlinks')) return new Set();
  const entries = await withGit({ worktree }, (git) => listTree(git.run, tree));
  return new Set([...entries].flatMap(([path, entry]) => (modeOf(entry) === LINK ? [path] : [])));
}

/** Files that are unchanged from the start of the build and that the sparse checkout omits. */
async function leftOut(
  source: CleanTreeSource,
  tree: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const { withGit, worktree, start, settings } = source;
  if (!settingIsTrue(settings, 'core.sparsecheckout')) return [];
  const unchanged = await withGit({ worktree }, async (git) => {
    const before = await listTree(git.run, start);
    const after = await listTree(git.run, tree);
    const same = files.filter((path) => after.get(path) === before.get(path));
    return new Map(same.flatMap((path) => [[path, after.get(path) ?? ''] as const]));
  });
  return pathsLeftOut(source, unchanged);
}

function kindOf(entries: TreeEntries, path: string): string | undefined {
  const entry = entries.get(path);
  return entry === undefined ? undefined : modeOf(entry);
}

async function checkSubmodules(
  changed: readonly string[],
  now: TreeEntries,
  submodules: Submodules,
): Promise<void> {
  for (const path of changed) {
    const entry = now.get(path);
    if (entry === undefined || modeOf(entry) !== SUBMODULE) continue;
    if (path.endsWith(`/${SUBMODULE_HEAD}`)) {
      const folder = path.slice(0, -SUBMODULE_HEAD.length - 1);
      throw unrecordable(
        folder,
        `its files are not those of its commit ${idOf(entry)}: undo the change, or have the submodule at a commit that the repository's own submodule has`,
      );
    }
    if (await submodules.has(path, idOf(entry))) continue;
    throw unrecordable(
      path,
      `its commit ${idOf(entry)} is in the worktree of the build alone: expected one that the repository's own submodule has`,
    );
  }
}

function unrecordable(bytes: string, problem: string): BatonError {
  const path = pathText(bytes);
  const description = `the submodule ${path} cannot be handed over: ${problem}`;
  return new BatonError('invalid_input', description, {
    violations: [{ field: path, description: problem }],
  });
}

async function findConversions(
  { withGit, worktree, settings, start }: CleanTreeSource,
  paths: readonly string[],
): Promise<Map<string, Conversion>> {
  if (paths.length === 0) return new Map();
  const conversions = await withGit({ worktree, settings }, async (git) => {
    await git.run(['read-tree', start]);
    return conversionsOf(git, paths, settings);
  });
  for (const [path, { filter }] of conversions) {
    if (filter !== undefined && !isConfigured(filter, settings)) throw unknownFilter(path, filter);
  }
  return conversions;
}

interface Converted {
  /** Object ids of the files. */
  readonly ids: ReadonlyMap<string, string>;
  /** Files that git would check out differently, with their current content. */
  readonly rewritten: ReadonlyMap<string, string>;
}

async function convert(
  source: CleanTreeSource,
  conversions: ReadonlyMap<string, Conversion>,
  now: TreeEntries,
): Promise<Converted> {
  const ids = new Map<string, string>();
  const rewritten = new Map<string, string>();
  const groups = Map.groupBy(conversions, ([, { attributes }]) => attributes);
  for (const [attributes, group] of groups) {
    const paths = group.map(([path]) => path);
    const filter = group[0]?.[1].filter;
    const found = await convertAlike(source, { paths, attributes, filter }).catch((reason) => {
      throw explainedFilterFailure(reason);
    });
    for (const [path, id] of found.ids) ids.set(path, id);
    for (const [at, path] of paths.entries()) {
      const entry = found.checkedOut[at];
      const isSame = typeof entry === 'string' && idOf(entry) === idOf(now.get(path) ?? '');
      if (!isSame) rewritten.set(path, `${kindOf(now, path)} ${idOf(String(entry))}`);
    }
  }
  return { ids, rewritten };
}

interface Alike extends Conversion {
  readonly paths: readonly string[];
}

/** Converts files with the same attributes, and rewrites them as git checks them out. */
async function convertAlike(
  { withGit, worktree, settings, objectFormat }: CleanTreeSource,
  { paths, attributes, filter }: Alike,
) {
  return withGit({ worktree }, async ({ folder }) => {
    const out = join(folder, 'out');
    await mkdir(out);
    const strict = { ...settings, config: [...settings.config, ...required(filter)] };
    return withGit({ worktree, settings: strict, attributes }, async (git) => {
      await git.run(['update-index', '-z', '--add', '--stdin'], { input: bytesOf(paths) });
      const staged = fieldsOf(await git.run(['ls-files', '--stage', '-z']));
      const ids = staged.map((line): [string, string] => {
        const [, id = ''] = line.split(' ');
        return [line.slice(line.indexOf('\t') + 1), id];
      });
      await git.run(['checkout-index', '-z', '--stdin', '-f', `--prefix=${out}/`], {
        input: bytesOf(paths),
      });
      const [present, checkedOut] = await Promise.all([
        hashFiles(worktree, paths, objectFormat),
        hashFiles(out, paths, objectFormat),
      ]);
      for (const [at, path] of paths.entries()) {
        const one = checkedOut[at];
        if (typeof one !== 'string' || idOf(one) === idOf(String(present[at]))) continue;
        await copyBelow(out, worktree, path);
      }
      return { ids, checkedOut };
    });
  });
}

/** Makes a failing filter an error, so that no file is stored unfiltered. */
function required(filter: string | undefined): [string, string][] {
  return filter === undefined ? [] : [[`filter.${filter}.required`, 'true']];
}

/** Copies a file and creates parent folders, never through a link. */
async function copyBelow(from: string, to: string, path: string): Promise<void> {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  await mkdir(filePlace(to, folder), { recursive: true });
  const place = filePlace(to, path);
  await rm(place, { force: true });
  await copyFile(filePlace(from, path), place);
}
