import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileChange } from './cassette-format.ts';
import { type FoundFile, listFiles, readFileOf } from './workspace-files.ts';

/** The files of a workspace at one moment: path to a digest of mode and content. */
export type FilesSnapshot = ReadonlyMap<string, string>;

export async function snapshotFiles(root: string, signal: AbortSignal): Promise<FilesSnapshot> {
  const snapshot = new Map<string, string>();
  for (const path of await listFiles(root, signal)) {
    const file = await readFileOf(root, path);
    if (file !== undefined) snapshot.set(path, digestOf(file));
  }
  return snapshot;
}

/** What has changed since `before`, by path, in the order of the paths. */
export async function changesSince(
  root: string,
  before: FilesSnapshot,
  signal: AbortSignal,
): Promise<Record<string, FileChange>> {
  const changes = new Map<string, FileChange>();
  const gone = new Set(before.keys());
  for (const path of await listFiles(root, signal)) {
    const file = await readFileOf(root, path);
    if (file === undefined) continue;
    gone.delete(path);
    if (digestOf(file) !== before.get(path)) changes.set(path, written(file));
  }
  for (const path of gone) {
    // What a new ignore rule hides is still there.
    if ((await readFileOf(root, path)) === undefined) changes.set(path, { deleted: true });
  }
  return Object.fromEntries([...changes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function written({ mode, bytes }: FoundFile): FileChange {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return { mode, encoding, content: bytes.toString(encoding) };
}

function digestOf({ mode, bytes }: FoundFile): string {
  return createHash('sha256').update(`${mode} `).update(bytes).digest('hex');
}
