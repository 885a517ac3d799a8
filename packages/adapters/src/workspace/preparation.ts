import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { filePlace } from '../files/file-place.ts';
import { expectDone, removeTree } from '../files/file-trees.ts';
import { readIfThere, writeWhole } from '../files/files.ts';
import type { BuildPaths } from './build-paths.ts';
import { isInTheWay } from './set-aside.ts';

/*
 * What a worktree for judges had when it was prepared.
 * 1. A file is the one that was kept if its inode, size, mode and time of change are: no program sets the
 *    latter but by the clock of the machine. Its content is not read, for installed files are many.
 * 2. What is not as it was is never mended: the worktree is made anew then.
 */

/** Time of change by path: bytes, one character each. */
type Stamps = ReadonlyMap<string, string>;

type Place = Pick<BuildPaths, 'worktree' | 'preparation'>;

/** What was kept. */
export interface KeptPreparation {
  /** The digest of the files at that time. */
  readonly digest: string;
  readonly key: string;
  readonly stamps: Stamps;
}

/** Times of change have a grain, 10 ms at most: two changes within it look like one. */
const GRAIN_MS = 20;
/** Files that are looked at before others have their turn. */
const AT_ONCE = 500;

/** Keeps all files of the worktree as they are. Where some cannot be looked at, nothing is kept. */
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

/** What was kept last; undefined where nothing was, or what was kept cannot be read. */
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

/** Takes out of the worktree what was not kept. Answers whether all the rest is as it was kept. */
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

/** A folder changes with what is put into it, and only that counts. */
function stampOf(found: BigIntStats): string {
  const { mode, uid } = found;
  if (found.isDirectory()) return `${mode} ${uid}`;
  return `${mode} ${uid} ${found.ino} ${found.size} ${found.ctimeNs}`;
}

/**
 * Visits everything below the worktree but its own `.git`, folders before what is in them.
 *
 * @param visit answers whether to go into a folder.
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
