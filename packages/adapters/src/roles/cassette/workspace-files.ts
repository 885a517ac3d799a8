import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '@baton/core';
import { runCommand } from '../command/index.ts';
import type { WrittenFile } from './cassette-format.ts';

/** Folders whose files are no part of a build. */
const SKIPPED: ReadonlySet<string> = new Set(['.git', 'node_modules']);

const LISTING_BYTES = 256 * 1024 * 1024;

export interface FoundFile {
  readonly mode: WrittenFile['mode'];
  readonly bytes: Buffer;
}

/**
 * Paths, relative to `root`, of the files that belong to a build: in a git worktree those that no
 * ignore rule excludes, elsewhere all but those below `.git` and `node_modules`.
 */
export async function listFiles(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const isWorktree = await lstat(join(root, '.git')).catch(() => undefined);
  return isWorktree ? listWorktree(root, signal) : walk(root, '');
}

/** The file at `path`; undefined where there is none (any more), or a folder. */
export async function readFileOf(root: string, path: string): Promise<FoundFile | undefined> {
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
    // Listed by git's index but deleted, or its folder became a file.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw reason;
  }
}

async function listWorktree(root: string, signal: AbortSignal): Promise<readonly string[]> {
  const listing = await runCommand({
    // The settings of the worktree may come from a role: git must not run what they name.
    argv: [
      ...['git', '-c', 'core.fsmonitor=false', 'ls-files'],
      ...['--cached', '--others', '--exclude-standard', '-z'],
    ],
    cwd: root,
    maxOutputBytes: LISTING_BYTES,
    signal,
  });
  if (listing.exitCode !== 0 || listing.truncated) {
    throw new BatonError('unavailable', `cannot list the files of ${root}: ${listing.stderr}`);
  }
  const listed = listing.stdout.split('\0').filter((path) => path !== '');
  const paths = new Set<string>();
  for (const path of listed) {
    if (path.includes('\ufffd')) {
      throw new BatonError(
        'invalid_input',
        `cannot record ${JSON.stringify(path)}: expected file names in UTF-8`,
      );
    }
    // A repository within the worktree is listed as a folder.
    const files = path.endsWith('/') ? await walk(root, path) : [path];
    for (const file of files) paths.add(file);
  }
  return [...paths];
}

/** Files below `folder`, which is empty or ends with a slash. */
async function walk(root: string, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const item of await readdir(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(item.name)) continue;
    const path = `${folder}${item.name}`;
    if (item.isDirectory()) paths.push(...(await walk(root, `${path}/`)));
    else if (item.isFile() || item.isSymbolicLink()) paths.push(path);
  }
  return paths;
}
