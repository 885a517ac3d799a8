import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BatonError, type DeclaredPrincipal } from '@baton/core';
import { writeDurably } from '../../files/write-durably.ts';
import { type CassetteEntry, epochOf, formatCassette, parseCassette } from './cassette-format.ts';

/*
 * Invariants
 * 1. The file is always a complete cassette: it is replaced by rename, never written in place.
 * 2. Each pair of fingerprint and epoch has one entry. Recording it again replaces the answer in place and
 *    removes the answers of later epochs, which belong to an earlier build. So a build that is recorded twice
 *    keeps its second answers, and an answer that a role repeats after a crash is stored once.
 * 3. One process at a time records into a file; any number of its roles may.
 */

/** Recorded answers of role adapters, kept in a file. */
export interface Cassette {
  readonly path: string;
  /**
   * Returns the entries in the order of their first recording. Reads the file once.
   *
   * @throws BatonError `invalid_input` when the file is missing or has another format version, `data_loss`
   * when it cannot be read.
   */
  entries(): Promise<readonly CassetteEntry[]>;
  /**
   * Adds or replaces an entry. Resolves when the file holds it; creates the file and its folder if needed.
   */
  record(entry: CassetteEntry): Promise<void>;
}

/**
 * The cassette in the file at `path`. Opening reads nothing; `record` creates the file where it is missing.
 *
 * @example
 * import { openCassette, replayingRole } from '@baton/adapters/cassette';
 * const writer = replayingRole('code_writer', openCassette('build.cassette.json'));
 */
export function openCassette(path: string): Cassette {
  let known: readonly CassetteEntry[] | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<readonly CassetteEntry[] | undefined> {
    known ??= await read(path);
    return known;
  }

  async function add(entry: CassetteEntry): Promise<void> {
    const epoch = epochOf(entry);
    const same = (one: CassetteEntry) => one.fingerprint === entry.fingerprint;
    const later = (one: CassetteEntry) => same(one) && epochOf(one) > epoch;
    const entries = ((await load()) ?? []).filter((one) => !later(one));
    const place = entries.findIndex((one) => same(one) && epochOf(one) === epoch);
    // A copy: the caller may change its object later.
    const copy = JSON.parse(JSON.stringify(entry)) as CassetteEntry;
    entries.splice(place === -1 ? entries.length : place, 1, copy);
    await replace(path, formatCassette(entries));
    known = entries;
  }

  return {
    path,
    async entries() {
      const entries = await load();
      if (entries !== undefined) return entries;
      throw new BatonError('invalid_input', `there is no cassette at ${path}: record it first`);
    },
    record(entry) {
      const added = turn.then(() => add(entry));
      turn = added.catch(() => {});
      return added;
    },
  };
}

async function read(path: string): Promise<readonly CassetteEntry[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new BatonError('data_loss', `the cassette ${path} cannot be read: ${cause}`, { cause });
  }
  return parseCassette(path, text);
}

async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // It is the user's file, as others of the repository.
  await writeDurably(path, text, 0o666);
}

/**
 * Combines the principals that gave the recorded answers of a role. Returns undefined when there are no
 * entries or one of them declares no principal: separation of duties cannot compare undeclared principals.
 */
export function recordedPrincipal(
  role: string,
  entries: readonly Pick<CassetteEntry, 'role' | 'principal'>[],
): DeclaredPrincipal | undefined {
  const all = entries.filter((one) => one.role === role).map(({ principal }) => principal);
  const [first] = all;
  if (first === undefined) return undefined;
  const known = all.filter((one) => one !== undefined);
  if (known.length < all.length) return undefined;
  const minds = known.filter(({ kind }) => kind === undefined);
  const workers = new Set(known.map(({ worker }) => worker));
  return {
    models: unionOf(minds.map(({ models }) => models)),
    modelFamilies: unionOf(minds.map(({ modelFamilies }) => modelFamilies)),
    ...(minds.length === 0 && { kind: first.kind }),
    ...(workers.size === 1 && { worker: first.worker }),
  };
}

/** Returns an empty list, which declares nothing, when one of the lists is empty. */
function unionOf(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.some((one) => one.length === 0) ? [] : [...new Set(lists.flat())];
}
