import { accessSync, chmodSync, constants, lstatSync, readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { filePlace, hasCode, isMissing } from './files.ts';

/** Files to handle before yielding to other work. */
const FILES_A_TURN = 256;

/**
 * Makes the files `paths` below `root`, and their parent folders, writable for their owner: what an attempt
 * made read-only would block the next one, and no digest shows it. Paths are bytes, one character each
 * (latin1).
 *
 * @throws Error with the code `EACCES` or `EPERM` for files of another user.
 */
export async function makeWritable(root: string, paths: readonly string[]): Promise<void> {
  let looked = 0;
  for (const path of withFolders(paths)) {
    permit(path === '' ? Buffer.from(root) : filePlace(root, path));
    looked += 1;
    if (looked % FILES_A_TURN === 0) await nextTurn();
  }
}

/** Like {@link makeWritable}, for everything in the folder. Files of another user stay as they are. */
export async function makeTreeWritable(root: string, folder: string): Promise<void> {
  const waiting = [folder];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const place = filePlace(root, path);
    try {
      permit(place);
      for (const entry of readdirSync(place, { withFileTypes: true, encoding: 'buffer' })) {
        const inside = `${path}/${entry.name.toString('latin1')}`;
        if (entry.isDirectory()) waiting.push(inside);
        else if (entry.isFile()) permit(filePlace(root, inside));
      }
    } catch (reason) {
      if (!isDenied(reason) && !hasCode(reason, 'ENAMETOOLONG') && !isMissing(reason)) throw reason;
    }
    await nextTurn();
  }
}

/** The paths with all their parent folders; `''` is the root. */
function withFolders(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>(['']);
  for (const path of paths) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      all.add(path.slice(0, at));
    }
    all.add(path);
  }
  return all;
}

function permit(place: Buffer): void {
  const found = lstatSync(place, { throwIfNoEntry: false });
  const isFolder = found?.isDirectory() ?? false;
  if (!found || !(isFolder || found.isFile())) return;
  const { R_OK, W_OK, X_OK } = constants;
  try {
    accessSync(place, isFolder ? R_OK | W_OK | X_OK : R_OK | W_OK);
  } catch (reason) {
    if (!isDenied(reason)) throw reason;
    chmodSync(place, found.mode | (isFolder ? 0o700 : 0o600));
  }
}

function isDenied(reason: unknown): boolean {
  return hasCode(reason, 'EACCES') || hasCode(reason, 'EPERM');
}
