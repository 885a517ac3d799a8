import { lstatSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { filePlace } from '../files/file-place.ts';

/** Files to examine before yielding to other work. */
const AT_ONCE = 500;

/**
 * The paths (bytes, one character each) whose file has changed since `time`, in milliseconds since the Unix
 * epoch: content, mode, name or number of links. Programs cannot set the time of change to any value but the
 * current time. Moving a parent folder does not change a file.
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
