import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import type { FileChange, WrittenFile } from './cassette-format.ts';

/**
 * The files that differ from the start of the assignment: path to a digest of mode and content, undefined for
 * a deleted file. The workspace decides which files belong to a build, so digests, claims and recordings
 * cover the same files.
 */
export type ChangedSnapshot = ReadonlyMap<string, string | undefined>;

interface FoundFile {
  readonly mode: WrittenFile['mode'];
  readonly bytes: Buffer;
}

export async function snapshotChanged(workspace: Workspace): Promise<ChangedSnapshot> {
  const snapshot = new Map<string, string | undefined>();
  for (const path of await changedPaths(workspace)) {
    snapshot.set(path, digestOf(await readFileOf(workspace.path, path)));
  }
  return snapshot;
}

/** Returns what changed after `before` was taken, sorted by path. */
export async function changesSince(
  workspace: Workspace,
  before: ChangedSnapshot,
): Promise<Record<string, FileChange>> {
  const changes: Record<string, FileChange> = {};
  // Files that differed before and no longer do were put back.
  const paths = new Set([...before.keys(), ...(await changedPaths(workspace))]);
  for (const path of [...paths].sort()) {
    const file = await readFileOf(workspace.path, path);
    if (before.has(path) && before.get(path) === digestOf(file)) continue;
    changes[path] = file === undefined ? { deleted: true } : written(file);
  }
  return changes;
}

async function changedPaths(workspace: Workspace): Promise<readonly string[]> {
  const paths = await workspace.changedFiles('entry');
  const unreadable = paths.find((path) => path.includes('\ufffd'));
  if (unreadable === undefined) return paths;
  throw new BatonError(
    'invalid_input',
    `cannot record ${JSON.stringify(unreadable)}: expected file names in UTF-8`,
  );
}

/** Reads the file at `path`; undefined when it is missing or a folder. */
async function readFileOf(root: string, path: string): Promise<FoundFile | undefined> {
  const absolute = join(root, path);
  try {
    const found = await lstat(absolute);
    if (found.isSymbolicLink()) {
      return { mode: '120000', bytes: Buffer.from(await readlink(absolute)) };
    }
    if (!found.isFile()) return undefined;
    const mode = found.mode & 0o100 ? '100755' : '100644';
    return { mode, bytes: await readFile(absolute) };
  } catch (reason) {
    const code = reason instanceof Error && 'code' in reason ? reason.code : undefined;
    // The file was deleted, or its folder became a file.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw reason;
  }
}

function written({ mode, bytes }: FoundFile): FileChange {
  const encoding = isUtf8(bytes) ? 'utf8' : 'base64';
  return { mode, encoding, content: bytes.toString(encoding) };
}

function digestOf(file: FoundFile | undefined): string | undefined {
  if (file === undefined) return undefined;
  return createHash('sha256').update(`${file.mode} `).update(file.bytes).digest('hex');
}
