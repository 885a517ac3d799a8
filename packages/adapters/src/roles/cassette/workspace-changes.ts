import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import type { FileChange, WrittenFile } from './cassette-format.ts';

/**
 * The files that differ from those that the assignment began with, at one moment: path to a digest
 * of mode and content, undefined for a deleted one. Which files belong to a build is for the
 * workspace to say: digests, claims and recordings speak of the same ones.
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

/** What has changed since `before`, by path, in the order of the paths. */
export async function changesSince(
  workspace: Workspace,
  before: ChangedSnapshot,
): Promise<Record<string, FileChange>> {
  const changes: Record<string, FileChange> = {};
  // What differed before and does no longer was put back since.
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

/** The file at `path`; undefined where there is none (any more), or a folder. */
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
    // Deleted, or its folder became a file.
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
