import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workspace } from '@baton/core';

/** Digests by path of the files that differ from when the workspace was opened. */
export type FilePrints = ReadonlyMap<string, string>;

/** Takes the digests. Taken before and after a command, they show which files it changed. */
export async function filePrints(
  workspace: Pick<Workspace, 'path' | 'changedFiles'>,
): Promise<FilePrints> {
  const prints = new Map<string, string>();
  for (const path of await workspace.changedFiles('entry')) {
    prints.set(path, await filePrint(join(workspace.path, path)));
  }
  return prints;
}

/** Returns the sorted paths of the files that differ. */
export function differing(before: FilePrints, after: FilePrints): readonly string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** Digest of a file's kind, executable bit and content; a missing file has a digest of its own. */
export async function filePrint(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 'none';
  const content = found.isSymbolicLink()
    ? await readlink(path)
    : found.isFile()
      ? await readFile(path)
      : '';
  const digest = createHash('sha256').update(content).digest('hex');
  return `${found.mode & 0o170100} ${digest}`;
}
