import { lstatSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { filePlace } from '../files/file-place.ts';

/** Files that are looked at before others have their turn. */
const AT_ONCE = 500;

/**
 * Those of the paths (bytes, one character each) whose file has changed since `time`, in milliseconds since
 * the Unix epoch: its content, mode, name or number of names. No program sets that time but by the clock
 * of the machine. A file whose folder was moved has not changed by it.
 */
export async function changedSince(
  worktree: string,
  paths: readonly string[],
  time: number,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [at, path] of paths.entries()) {
    const found = lstatSync(filePlace(worktree, path), { throwIfNoEntry: false });
    if (found !== undefined && found.ctimeMs >= time) changed.push(path);
    if (at % AT_ONCE === 0) await breathe();
  }
  return changed;
}
