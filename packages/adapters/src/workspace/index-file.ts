import { randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from './files.ts';
import { bytesOf, type GitResult } from './git.ts';
import { readIndexEntries } from './index-entries.ts';
import type { Shadow, ShadowCall } from './shadow.ts';

/*
 * Invariants
 * 1. An index has one user. Snapshots of two processes never see each other's half-done work, and
 *    no lock is left behind when one dies.
 * 2. A kept index records no file as changed at or after the second in which the snapshot began. So
 *    every later change shows in the recorded time, though git compares whole seconds only and
 *    though tools set the time of modification back.
 */

/** The shadow with an index that nobody else uses. */
export interface IndexedShadow extends Pick<Shadow, 'ignoreRules'> {
  run(args: readonly string[], options?: ShadowCall): Promise<GitResult>;
  /** Starts over with an empty index. Answers false when it was new to begin with. */
  startOver(): Promise<boolean>;
}

/** Seconds by which file times may lag behind the clock. */
const CLOCK_SLACK = 1;

/**
 * Lends `work` a private index that starts as the one of the last snapshot, and keeps what comes
 * out for the next. The index is hard-linked, not copied: git tells by the index's own time which
 * files may have changed unseen since, and a copy would have a later time.
 */
export async function withIndex<T>(
  shadow: Shadow,
  work: (shadow: IndexedShadow) => Promise<T>,
): Promise<T> {
  const began = Math.floor(Date.now() / 1000) - CLOCK_SLACK;
  const kept = join(shadow.path, 'index');
  const own = join(shadow.path, `index-${randomUUID()}`);
  let inherited = await linked(kept, own);
  try {
    const result = await work({
      ignoreRules: shadow.ignoreRules,
      run: (args, options) => shadow.run(args, { ...options, index: own }),
      startOver: async () => {
        if (!inherited) return false;
        inherited = false;
        await rm(own, { force: true });
        return true;
      },
    });
    const settled = await forgetRecent(shadow, own, began);
    await (settled ? rename(own, kept) : rm(kept, { force: true }));
    return result;
  } finally {
    // Still there after a failure, or when `own` and `kept` are one file: then rename does nothing.
    await rm(own, { force: true });
    await rm(`${own}.lock`, { force: true });
  }
}

/** Makes invariant 2 true. Answers false when there is no index or none that can be kept. */
async function forgetRecent(shadow: Shadow, own: string, began: number): Promise<boolean> {
  const index = await readIfThere(own);
  const entries = index && readIndexEntries(index, shadow.objectFormat);
  if (entries === undefined) return false;
  const recent = entries.filter((entry) => entry.changedAt >= began).map((entry) => entry.path);
  if (recent.length > 0) {
    await shadow.run(['update-index', '-z', '--force-remove', '--stdin'], {
      index: own,
      input: bytesOf(recent),
    });
  }
  return true;
}

/** Where the file system has no hard links every snapshot reads all files anew. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch {
    return false;
  }
}
