import { lstatSync } from 'node:fs';
import { cpus } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BatonError } from '@baton/core';
import { createFileHasher, type Hashed } from './file-hasher.ts';
import { filePlace } from './files.ts';

export type { Hashed } from './file-hasher.ts';

/** Files per thread before another worker is worth its start. */
const FILES_A_WORKER = 2_000;
const MOST_WORKERS = 4;
/** Files that the main thread hashes before it yields to other work. */
const FILES_A_TURN = 64;
/** Files from this size, in bytes, go to a worker: they would block the main thread for too long. */
const LARGE = 4 * 1024 * 1024;

/**
 * Hashes `paths` below `root` as git would store them. It reads the content and ignores times and sizes,
 * because the process that changes a file can set those. Paths are bytes, one character each (latin1).
 *
 * @throws BatonError `unavailable` when a file cannot be read or keeps changing.
 */
export async function hashFiles(
  root: string,
  paths: readonly string[],
  objectFormat: string,
): Promise<readonly Hashed[]> {
  const workers = Math.min(cpus().length, MOST_WORKERS, Math.ceil(paths.length / FILES_A_WORKER));
  try {
    if (workers <= 1) return await hashHere(root, paths, objectFormat);
    const size = Math.ceil(paths.length / workers);
    const parts = Array.from({ length: workers }, (_, at) =>
      hashInWorker(root, paths.slice(at * size, (at + 1) * size), objectFormat),
    );
    return (await Promise.all(parts)).flat();
  } catch (reason) {
    const problem = reason instanceof Error ? reason.message : String(reason);
    throw new BatonError('unavailable', `the workspace cannot be read: ${problem}`, {
      cause: reason,
    });
  }
}

async function hashHere(
  root: string,
  paths: readonly string[],
  objectFormat: string,
): Promise<Hashed[]> {
  const { hash } = createFileHasher(await import('node:fs'), await import('node:crypto'), {
    root,
    objectFormat,
  });
  const large = paths.filter((path) => sizeOf(root, path) > LARGE);
  const apart = new Map<string, Hashed>();
  if (large.length > 0) {
    const found = await hashInWorker(root, large, objectFormat);
    for (const [at, path] of large.entries()) apart.set(path, found[at]);
  }
  const hashed: Hashed[] = [];
  for (const path of paths) {
    hashed.push(apart.has(path) ? apart.get(path) : hash(path));
    if (hashed.length % FILES_A_TURN === 0) await nextTurn();
  }
  return hashed;
}

function sizeOf(root: string, path: string): number {
  try {
    return lstatSync(filePlace(root, path), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // The hasher reports the error.
    return 0;
  }
}

/**
 * The worker runs the source text of the hasher. A separate file would have to be found next to this one,
 * which a bundle does not guarantee.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const createFileHasher = ${createFileHasher.toString()};
const { hash } = createFileHasher(require('node:fs'), require('node:crypto'), workerData);
parentPort.postMessage(workerData.paths.map(hash));
`;

function hashInWorker(
  root: string,
  paths: readonly string[],
  objectFormat: string,
): Promise<Hashed[]> {
  return new Promise((resolve, reject) => {
    const workerData = { root, paths, objectFormat };
    const worker = new Worker(WORKER, { eval: true, workerData, execArgv: [] });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code}`)));
  });
}
