import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathText } from '../files/files.ts';
import { hashFiles } from '../files/hash-files.ts';
import { fieldsOf, type Git, textOf } from '../git/git.ts';
import type { BuildSettings, GitSettings } from '../git/git-settings.ts';
import type { Repository } from '../git/repository.ts';
import {
  idOf,
  listTree,
  modeOf,
  readBlobs,
  SUBMODULE,
  type TreeEntries,
} from '../git/tree-entries.ts';
import { rulesOfTree } from './ignore-rules.ts';
import type { WithPrivateGit } from './private-git.ts';
import { kindOf, submoduleStores } from './submodule-stores.ts';

/*
 * Invariants
 * 1. A submodule is checked out from the user's own checkout, never over a network.
 * 2. It counts as its commit only while it has exactly the files that git checks out of that commit;
 *    otherwise its files count one by one. Its git folder only decides which commit to compare with, because
 *    a role can write there.
 */

/** A submodule that has a git folder in the worktree. */
interface Populated {
  readonly path: string;
  /** The commit of its HEAD; empty when there is none. */
  readonly head: string;
  /** The files of that commit; undefined when its objects are missing. */
  readonly content: Content | undefined;
}

interface Content {
  readonly entries: TreeEntries;
  readonly objectDir: string;
}

export interface SubmodulesSource {
  readonly git: Git;
  readonly withGit: WithPrivateGit;
  readonly repository: Repository;
  readonly worktree: string;
  readonly settings: BuildSettings;
  /** Submodules of the starting commit. */
  readonly pointers: TreeEntries;
}

export interface Submodules {
  /** Submodules that are checked out now, outer ones first. */
  populated(): Promise<readonly Populated[]>;
  /** Their ignore rules, rewritten for the root. */
  ignoreRules(populated: readonly Populated[]): Promise<readonly Buffer[]>;
  /** Paths of the files in their commits. */
  trackedFiles(populated: readonly Populated[]): readonly string[];
  /** `files` with each unchanged submodule replaced by its commit. */
  foldInto(
    files: ReadonlyMap<string, string>,
    populated: readonly Populated[],
  ): Promise<Map<string, string>>;
  /** Checks out the commits of `links` that the user has; other content there is removed. */
  checkOut(links: readonly (readonly [path: string, entry: string])[]): Promise<void>;
  /** Whether the user's own submodule at `path` has the commit. */
  has(path: string, commit: string): Promise<boolean>;
}

/** Stands for the commit of a submodule whose files differ from it. */
export const SUBMODULE_HEAD = '.git';

export function submodulesOf(source: SubmodulesSource): Submodules {
  const { git, withGit, repository, worktree, pointers } = source;
  const stores = submoduleStores(source);
  const contents = new Map<string, Content | undefined>();
  const asCheckedOut = new Map<string, TreeEntries>();
  /** The settings of the user's own submodule, else those of the repository around it. */
  const settingsOf = (path: string): GitSettings => {
    const all = source.settings.submodules;
    const found = Object.keys(all).findLast((one) => `${pathText(path)}/`.startsWith(`${one}/`));
    return (found !== undefined && all[found]) || withoutPlaces(source.settings);
  };
  const placeOf = (path: string): string => join(worktree, pathText(path));

  async function findContent(path: string, commit: string): Promise<Content | undefined> {
    const users = await stores.ofUser(path);
    let objectDir = users !== undefined && (await stores.holds(users, commit)) ? users : undefined;
    if (objectDir === undefined) {
      // Objects that only the worktree has are used once their ids are verified.
      const own = await stores.at(placeOf(path));
      if (own === undefined || !(await stores.isSound(own, commit))) return undefined;
      objectDir = own;
    }
    const entries = await withGit({ worktree, objectDir }, (store) => listTree(store.run, commit));
    return { entries, objectDir };
  }

  async function contentOf(path: string, commit: string): Promise<Content | undefined> {
    const key = `${path}\0${commit}`;
    if (!contents.has(key)) contents.set(key, await findContent(path, commit));
    return contents.get(key);
  }

  async function headOf(path: string): Promise<string> {
    const folder = placeOf(path);
    const ask = ['rev-parse', '--show-toplevel', '--verify', '--quiet', 'HEAD^{commit}'];
    const found = await git(ask, { cwd: folder, accept: [1, 128] });
    const [top, head = ''] = textOf(found).split('\n');
    return found.code === 0 && top === folder ? head : '';
  }

  async function findPopulated(links: TreeEntries, prefix: string): Promise<Populated[]> {
    const found: Populated[] = [];
    for (const [inner, entry] of links) {
      if (modeOf(entry) !== SUBMODULE) continue;
      const path = `${prefix}${inner}`;
      if (!(await isFolder(path)) || (await kindOf(join(placeOf(path), '.git'))) === undefined) {
        continue;
      }
      const head = await headOf(path);
      const content = head === '' ? undefined : await contentOf(path, head);
      found.push({ path, head, content });
      if (content !== undefined) found.push(...(await findPopulated(content.entries, `${path}/`)));
    }
    return found;
  }

  async function isFolder(path: string): Promise<boolean> {
    const place = placeOf(path);
    return (await realpath(place).catch(() => undefined)) === place;
  }

  /** The files of a commit as git checks them out, with line endings and filters. */
  async function checkedOutFiles(path: string, commit: string, { objectDir }: Content) {
    const key = `${path}\0${commit}`;
    const known = asCheckedOut.get(key);
    if (known !== undefined) return known;
    const folder = await withGit({ worktree }, ({ folder: scratch }) =>
      mkdtemp(join(scratch, '..', 'submodule-')),
    );
    try {
      const entries = await withGit(
        { worktree: folder, settings: settingsOf(path), objectDir },
        async (store) => {
          await store.run(['read-tree', '--reset', '-u', commit]);
          const paths = fieldsOf(await store.run(['ls-files', '-z']));
          const hashed = await hashFiles(folder, paths, repository.objectFormat);
          return new Map(
            paths.flatMap((one, at): [string, string][] => {
              const entry = hashed[at];
              return typeof entry === 'string' ? [[one, entry]] : [];
            }),
          );
        },
      );
      asCheckedOut.set(key, entries);
      return entries;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function isJust(commit: Populated, inside: ReadonlyMap<string, string>): Promise<boolean> {
    const { path, head, content } = commit;
    if (content === undefined) return false;
    const links = [...content.entries].filter(([, entry]) => modeOf(entry) === SUBMODULE);
    // A nested submodule that is not checked out counts as its commit.
    const complete = new Map([...links, ...inside]);
    if (equal(complete, content.entries)) return true;
    const files = await checkedOutFiles(path, head, content);
    return equal(complete, new Map([...links, ...files]));
  }

  async function populate(path: string, commit: string): Promise<void> {
    const objectDir = await stores.ofUser(path);
    if (objectDir === undefined || !(await stores.holds(objectDir, commit))) return;
    const place = placeOf(path);
    await mkdir(place, { recursive: true });
    const call = { cwd: place, env: { GIT_DIR: join(place, '.git') } };
    const format = `--object-format=${repository.objectFormat}`;
    await git(['init', '--quiet', '--template=', format], { cwd: place });
    await mkdir(join(place, '.git', 'objects', 'info'), { recursive: true });
    await writeFile(join(place, '.git', 'objects', 'info', 'alternates'), `${objectDir}\n`);
    await git(['update-ref', '--no-deref', 'HEAD', commit], call);
    await withGit({ worktree: place, settings: settingsOf(path), objectDir }, async (store) => {
      await store.run(['read-tree', '--reset', '-u', commit]);
      await rename(store.index, join(place, '.git', 'index'));
    });
    const content = await contentOf(path, commit);
    for (const [inner, entry] of content?.entries ?? []) {
      if (modeOf(entry) === SUBMODULE) await populate(`${path}/${inner}`, idOf(entry));
    }
  }

  const submodules: Submodules = {
    populated: () => findPopulated(pointers, ''),

    async ignoreRules(populated) {
      const rules = populated.map(async ({ path, content }) => {
        if (content === undefined) return Buffer.alloc(0);
        const { entries, objectDir } = content;
        const texts = await withGit({ worktree, objectDir }, (store) =>
          rulesOfTree(`${path}/`, entries, (ids) =>
            readBlobs((args, call) => store.run(args, call), ids, { cwd: worktree }),
          ),
        );
        return Buffer.from(texts.join(''), 'latin1');
      });
      return Promise.all(rules);
    },

    trackedFiles: (populated) =>
      populated.flatMap(({ path, content }) =>
        [...(content?.entries ?? [])].flatMap(([inner, entry]) =>
          modeOf(entry) === SUBMODULE ? [] : [`${path}/${inner}`],
        ),
      ),

    async foldInto(files, populated) {
      const entries = new Map(files);
      for (const one of [...populated].reverse()) {
        const inside = takeBelow(entries, one.path);
        if (await isJust(one, inside)) {
          entries.set(one.path, `${SUBMODULE} ${one.head}`);
          continue;
        }
        for (const [path, entry] of inside) entries.set(`${one.path}/${path}`, entry);
        if (one.head !== '')
          entries.set(`${one.path}/${SUBMODULE_HEAD}`, `${SUBMODULE} ${one.head}`);
      }
      const inPlace = new Set(populated.map(({ path }) => path));
      for (const [path, entry] of pointers) {
        if (inPlace.has(path) || !(await isFolder(path))) continue;
        // A submodule that is not checked out is an empty folder; files replace it.
        if (!hasBelow(entries, path)) entries.set(path, entry);
      }
      return entries;
    },

    async checkOut(links) {
      for (const [path, entry] of links) {
        await rm(placeOf(path), { recursive: true, force: true });
        await mkdir(placeOf(path), { recursive: true });
        await populate(path, idOf(entry));
      }
    },

    async has(path, commit) {
      const objectDir = await stores.ofUser(path);
      return objectDir !== undefined && (await stores.holds(objectDir, commit));
    },
  };
  return submodules;
}

/** Removes the entries below `folder` and returns them by their relative paths. */
function takeBelow(entries: Map<string, string>, folder: string): Map<string, string> {
  const inside = new Map<string, string>();
  for (const [path, entry] of entries) {
    if (!path.startsWith(`${folder}/`)) continue;
    inside.set(path.slice(folder.length + 1), entry);
    entries.delete(path);
  }
  return inside;
}

function hasBelow(entries: ReadonlyMap<string, string>, folder: string): boolean {
  for (const path of entries.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
}

function equal(one: ReadonlyMap<string, string>, other: TreeEntries): boolean {
  if (one.size !== other.size) return false;
  for (const [path, entry] of one) if (other.get(path) !== entry) return false;
  return true;
}

/** A submodule has its own attributes and sparse patterns. */
function withoutPlaces({ config, userAttributes }: BuildSettings): GitSettings {
  return {
    config: config.filter(([key]) => !key.startsWith('core.sparsecheckout')),
    repositoryAttributes: '',
    userAttributes,
    sparsePatterns: '',
  };
}
