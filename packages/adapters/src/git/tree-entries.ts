import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

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
export function parseTree(fields: readonly string[]): Map<string, string> {
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
