import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BatonError } from '@baton/core';
import { fieldsOf, type Git, type GitCall, type GitResult } from './git.ts';

/**
 * The files of a tree by path. Paths are bytes, one character each (latin1). A value is the mode and the
 * object id with a blank between them, as git prints them.
 */
export type TreeEntries = ReadonlyMap<string, string>;

/** Modes of entries. */
export const FILE = '100644';
export const LINK = '120000';
export const SUBMODULE = '160000';

/** Folders to hash before yielding to other work. */
const FOLDERS_A_TURN = 500;

/** Parses the fields of `ls-tree -r -z`. */
function parseTree(fields: readonly string[]): Map<string, string> {
  const entries = new Map<string, string>();
  for (const field of fields) {
    const tab = field.indexOf('\t');
    const [mode, , id] = field.slice(0, tab).split(' ');
    entries.set(field.slice(tab + 1), `${mode} ${id}`);
  }
  return entries;
}

/** Paths whose entries differ or exist on one side only. */
export function differing(one: TreeEntries, other: TreeEntries): string[] {
  const paths: string[] = [];
  for (const [path, entry] of one) if (other.get(path) !== entry) paths.push(path);
  for (const path of other.keys()) if (!one.has(path)) paths.push(path);
  return paths;
}

export const modeOf = (entry: string): string => entry.slice(0, entry.indexOf(' '));
export const idOf = (entry: string): string => entry.slice(entry.indexOf(' ') + 1);

interface Folder {
  readonly files: Map<string, string>;
  readonly folders: Map<string, Folder>;
}

/** Computes git's id for the tree of these entries without writing objects. */
export async function treeId(entries: TreeEntries, objectFormat: string): Promise<string> {
  const root: Folder = { files: new Map(), folders: new Map() };
  for (const [path, entry] of entries) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let folder = root;
    for (const name of names) {
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = { files: new Map(), folders: new Map() };
        folder.folders.set(name, next);
      }
      folder = next;
    }
    folder.files.set(last, entry);
  }
  let turn = 0;
  const hash = async (folder: Folder): Promise<string> => {
    turn += 1;
    if (turn % FOLDERS_A_TURN === 0) await nextTurn();
    const lines: { readonly key: string; readonly bytes: Buffer }[] = [];
    const add = (key: string, mode: string, name: string, id: string) =>
      lines.push({
        key,
        bytes: Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]),
      });
    for (const [name, entry] of folder.files) add(name, modeOf(entry), name, idOf(entry));
    // Git sorts a folder as if its name ended with a slash.
    for (const [name, inner] of folder.folders) add(`${name}/`, '40000', name, await hash(inner));
    lines.sort((a, b) => (a.key < b.key ? -1 : 1));
    const content = Buffer.concat(lines.map(({ bytes }) => bytes));
    return createHash(objectFormat)
      .update(`tree ${content.length}\0`)
      .update(content)
      .digest('hex');
  };
  return hash(root);
}

/** Recently listed trees, the latest last. The tree of an id never changes. */
const listed = new Map<string, TreeEntries>();
/** Limit on the entries of all cached trees; each entry takes about 200 bytes. */
const MOST_ENTRIES = 200_000;
/** Other names, such as branches, may later refer to another tree. */
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Lists all files of a tree or of a commit.
 *
 * @param run git, in a repository that has the objects.
 */
export async function listTree(
  run: (args: readonly string[]) => Promise<GitResult>,
  id: string,
): Promise<TreeEntries> {
  const known = listed.get(id);
  if (known !== undefined) {
    listed.delete(id);
    listed.set(id, known);
    return known;
  }
  const entries = parseTree(fieldsOf(await run(['ls-tree', '-r', '-z', '--full-tree', id])));
  if (FULL_ID.test(id)) keep(id, entries);
  return entries;
}

function keep(id: string, entries: TreeEntries): void {
  listed.set(id, entries);
  let total = [...listed.values()].reduce((sum, { size }) => sum + size, 0);
  for (const [oldest, { size }] of listed) {
    if (total <= MOST_ENTRIES) return;
    listed.delete(oldest);
    total -= size;
  }
}

/**
 * Reads the contents of blobs with one process, in the order of their ids.
 *
 * @throws BatonError `data_loss` when a blob is missing.
 */
export async function readBlobs(
  git: Git,
  ids: readonly string[],
  call: GitCall,
): Promise<readonly Buffer[]> {
  if (ids.length === 0) return [];
  const input = Buffer.from(ids.map((id) => `${id}\n`).join(''));
  const { stdout } = await git(['cat-file', '--batch'], { ...call, input });
  const blobs: Buffer[] = [];
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at);
    const [id, type, size] = stdout.toString('latin1', at, end).split(' ');
    if (type !== 'blob')
      throw new BatonError('data_loss', `expected the blob ${id}, found ${type}`);
    const length = Number(size);
    blobs.push(stdout.subarray(end + 1, end + 1 + length));
    at = end + 1 + length + 1;
  }
  return blobs;
}
