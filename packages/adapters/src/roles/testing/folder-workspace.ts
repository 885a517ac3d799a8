import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import { temporaryFolder } from '../../testing/temporary-folder.ts';

/** A workspace without git: a temporary folder, whose digest is a hash of its files. */
export interface FolderWorkspace extends Workspace {
  write(path: string, content: string | Buffer, mode?: number): void;
  read(path: string): string;
  /** Paths of all files, sorted. */
  list(): readonly string[];
}

export function folderWorkspace(files: Readonly<Record<string, string>> = {}): FolderWorkspace {
  const path = temporaryFolder();
  let atEntry: ReadonlyMap<string, string> = new Map();
  const workspace: FolderWorkspace = {
    path,
    digest: async (of) => digestOf(of === undefined ? filesOf(path) : atEntry),
    async snapshot() {
      const now = filesOf(path);
      return {
        digest: async (of) => digestOf(of === undefined ? now : atEntry),
        files: async () => [...now.keys()],
        changedFiles: async () => differing(atEntry, now),
        writtenSince: async (time) =>
          [...now.keys()].filter((file) => {
            const found = lstatSync(join(path, file), { throwIfNoEntry: false });
            return found !== undefined && found.ctimeMs >= time;
          }),
      };
    },
    checkpoint: async (label) => ({ commit: label, digest: digestOf(filesOf(path)) }),
    resolve: async (inside) => resolveInside(path, inside),
    files: async () => listOf(path),
    changedFiles: async () => differing(atEntry, filesOf(path)),
    async fileAt(file) {
      const before = atEntry.get(file);
      if (before === undefined) return undefined;
      const bytes = Buffer.from(before.slice(MODE_LENGTH), 'latin1');
      return { bytes, isLink: before.startsWith('l') };
    },
    write(file, content, mode = 0o644) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), content);
      chmodSync(join(path, file), mode);
    },
    read: (file) => readFileSync(join(path, file), 'utf8'),
    list: () => listOf(path),
  };
  for (const [file, content] of Object.entries(files)) workspace.write(file, content);
  atEntry = filesOf(path);
  return workspace;
}

function listOf(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !lstatSync(join(root, path)).isDirectory())
    .filter((path) => !path.split('/').includes('.git'))
    .sort();
}

function differing(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>) {
  const all = new Set([...before.keys(), ...now.keys()]);
  return [...all].filter((file) => before.get(file) !== now.get(file)).sort();
}

function digestOf(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content}\0`);
  return hash.digest('hex');
}

/** Characters before the content: the mode and a blank. */
const MODE_LENGTH = 2;

/** The mode and content of every file, by path. */
function filesOf(root: string): ReadonlyMap<string, string> {
  return new Map(
    listOf(root).map((path) => {
      const found = lstatSync(join(root, path));
      const content = found.isSymbolicLink()
        ? readlinkSync(join(root, path))
        : readFileSync(join(root, path), 'latin1');
      const kind = found.isSymbolicLink() ? 'l' : found.mode & 0o100 ? 'x' : '-';
      return [path, `${kind} ${content}`];
    }),
  );
}

function resolveInside(root: string, path: string): string {
  const absolute = resolve(root, path);
  for (const place of [absolute, realPlace(absolute)]) {
    const way = relative(root, place);
    if (isAbsolute(path) || way === '..' || way.startsWith('../')) {
      throw new BatonError('invalid_input', `'${path}' leads out of the workspace`);
    }
  }
  return absolute;
}

/** Resolves a path that may not exist yet. */
function realPlace(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return join(realPlace(dirname(path)), path.slice(dirname(path).length));
  if (!found.isSymbolicLink()) return realpathSync(path);
  return realPlace(resolve(realPlace(dirname(path)), readlinkSync(path)));
}
