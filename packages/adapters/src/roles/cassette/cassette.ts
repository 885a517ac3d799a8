import type { DeclaredPrincipal } from '@baton/core';
import { type CassetteEntry, epochOf, formatCassette, parseCassette } from './cassette-format.ts';
import { openEntriesFile } from './entries-file.ts';

/*
 * Invariants
 * 1. Each pair of fingerprint and epoch has one entry. Recording it again replaces the answer in place and
 *    removes the answers of later epochs, which belong to an earlier build. So a build that is recorded twice
 *    keeps its second answers, and an answer that a role repeats after a crash is stored once.
 * 2. One process at a time records into a file; any number of its roles may.
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
  const file = openEntriesFile(path, parseCassette, formatCassette);
  return {
    path,
    entries: file.entries,
    record: (entry) => file.change((entries) => withEntry(entries, entry)),
  };
}

function withEntry(entries: readonly CassetteEntry[], entry: CassetteEntry): CassetteEntry[] {
  const epoch = epochOf(entry);
  const same = (one: CassetteEntry) => one.fingerprint === entry.fingerprint;
  const later = (one: CassetteEntry) => same(one) && epochOf(one) > epoch;
  const kept = entries.filter((one) => !later(one));
  const place = kept.findIndex((one) => same(one) && epochOf(one) === epoch);
  // A copy: the caller may change its object later.
  const copy = JSON.parse(JSON.stringify(entry)) as CassetteEntry;
  kept.splice(place === -1 ? kept.length : place, 1, copy);
  return kept;
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
