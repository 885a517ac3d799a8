import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { expectDone, removeTree } from '../files/file-trees.ts';
import { filePlace, readIfThere, writeWhole } from '../files/files.ts';
import type { BuildPaths } from './build-paths.ts';
import { isInTheWay } from './set-aside.ts';

/*
 * Invariants of the files that prepare a worktree for judges
 * 1. A file counts as unchanged when its inode, size, mode and time of change are the same: programs cannot
 *    set the time of change to any value but the current time. Its content is not read, because an
 *    installation has many files.
 * 2. A changed preparation is never repaired; the worktree is created again.
 */

/** Time of change by path: bytes, one character each. */
type Stamps = ReadonlyMap<string, string>;

type Place = Pick<BuildPaths, 'worktree' | 'preparation'>;

/** A kept preparation. */
export interface KeptPreparation {
  /** Digest of the files when it was kept. */
  readonly digest: string;
  readonly key: string;
  readonly stamps: Stamps;
}

/** Times of change are up to 10 ms coarse: two changes within that time look like one. */
const GRAIN_MS = 20;
/** Files to examine before yielding to other work. */
const AT_ONCE = 500;

/** Records the files of the worktree as they are. When some cannot be examined, it records nothing. */
export async function keepPreparation(
  { worktree, preparation }: Place,
  { digest, key }: Pick<KeptPreparation, 'digest' | 'key'>,
): Promise<void> {
  await rm(preparation, { force: true });
  const stamps = new Map<string, string>();
  let newest = 0n;
  const done = await visitAll(worktree, (path, found) => {
    stamps.set(path, stampOf(found));
    if (found.ctimeMs > newest) newest = found.ctimeMs;
    return true;
  }).catch((reason: unknown) => {
    if (isInTheWay(reason)) return 'unreadable';
    throw reason;
  });
  if (done === 'unreadable') return;
  const grain = Number(newest) + GRAIN_MS - Date.now();
  if (grain > 0) await sleep(grain);
  const head = Buffer.from(JSON.stringify({ digest, key }));
  const body = Buffer.from([...stamps].map((one) => `\0${one.join('\0')}`).join(''), 'latin1');
  await writeWhole(preparation, Buffer.concat([head, body]));
}

/** The latest record; undefined when there is none or it cannot be read. */
export async function recallPreparation(preparation: string): Promise<KeptPreparation | undefined> {
  const bytes = await readIfThere(preparation);
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(0);
  const head = bytes.subarray(0, end < 0 ? undefined : end).toString();
  const fields = end < 0 ? [] : bytes.toString('latin1', end + 1).split('\0');
  const stamps = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    stamps.set(fields[at] ?? '', fields[at + 1] ?? '');
  }
  try {
    const { digest, key } = JSON.parse(head);
    return { digest, key, stamps };
  } catch {
    return undefined;
  }
}

/** Removes other files from the worktree. Returns whether the remaining files are unchanged. */
export async function takeOutOthers(worktree: string, { stamps }: KeptPreparation) {
  const others: string[] = [];
  let same = 0;
  await visitAll(worktree, (path, found) => {
    const kept = stamps.get(path);
    if (kept === undefined) others.push(path);
    else if (kept === stampOf(found)) same += 1;
    return kept !== undefined;
  });
  if (same !== stamps.size) return false;
  for (const path of others) {
    expectDone(await removeTree(filePlace(worktree, path)));
  }
  return true;
}

/** A folder changes when its entries do; compare only its other attributes. */
function stampOf(found: BigIntStats): string {
  const { mode, uid } = found;
  if (found.isDirectory()) return `${mode} ${uid}`;
  return `${mode} ${uid} ${found.ino} ${found.size} ${found.ctimeNs}`;
}

/**
 * Visits everything in the worktree except for its own `.git`, folders before their content.
 *
 * @param visit returns whether to enter a folder.
 */
async function visitAll(
  worktree: string,
  visit: (path: string, found: BigIntStats) => boolean,
): Promise<void> {
  const folders = [''];
  let visited = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const names = readdirSync(filePlace(worktree, folder), 'buffer');
    for (const name of names.map((one) => one.toString('latin1'))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (path === '.git') continue;
      const found = lstatSync(filePlace(worktree, path), { bigint: true });
      if (visit(path, found) && found.isDirectory()) folders.push(path);
      visited += 1;
      if (visited % AT_ONCE === 0) await breathe();
    }
  }
}
