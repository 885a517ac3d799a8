import { BatonError, type DocumentStore } from '@baton/core';
import { API_KEYS, type ApiKeyRecord, readKey } from './api-key-record.ts';
import { createRecentMap } from './recent-map.ts';

/*
 * Invariants
 * 1. What is remembered of an id was read from the store at most `rememberMs` ago; otherwise it is read again. So a
 *    revocation is effective after that, and a store that is away is an error, never "there is no such key".
 * 2. Ids of keys and ids of none are remembered apart: who makes up ids pushes out no key.
 * 3. Reads for ids that are not known are limited by time. Beyond the limit, all ids are listed, at most once in
 *    5 s: keys that exist are still found, and for others the answer is `unavailable`.
 */

interface Remembered {
  readonly record: ApiKeyRecord | undefined;
  readonly readAt: number;
}

interface LookupOptions {
  readonly documents: DocumentStore;
  readonly now: () => number;
  readonly rememberMs: number;
}

/** Keys, and ids of none, that are remembered. */
const MOST_REMEMBERED = 10_000;
/** Reads for ids that are not known: at once, and then in a second. */
const READS_AT_ONCE = 1000;
const READS_A_SECOND = 100;
/** Milliseconds between two lists of all ids. */
const LIST_EVERY_MS = 5000;
/** Ids that are listed at once. */
const PAGE = 1000;

/** What the store has of the key with this id. */
export type KeyLookup = (id: string) => Promise<ApiKeyRecord | undefined>;

export function createKeyLookup({ documents, now, rememberMs }: LookupOptions): KeyLookup {
  const keys = createRecentMap<Remembered>(MOST_REMEMBERED);
  const none = createRecentMap<Remembered>(MOST_REMEMBERED);
  const reading = new Map<string, Promise<ApiKeyRecord | undefined>>();
  const takeRead = createAllowance(now);
  const isListed = createListing(documents, now);

  async function read(id: string, isKnown: boolean): Promise<ApiKeyRecord | undefined> {
    if (!isKnown && !takeRead() && !(await isListed(id))) {
      const text = 'too many API keys that are not known: try again in a moment';
      throw new BatonError('unavailable', text);
    }
    // Before it is read: what changes meanwhile is noticed in time.
    const readAt = now();
    const record = (await readKey(documents, id))?.record;
    keys.delete(id);
    (record === undefined ? none : keys).set(id, { record, readAt });
    return record;
  }

  return (id) => {
    const known = keys.get(id);
    const remembered = known ?? none.get(id);
    const ageMs = remembered && now() - remembered.readAt;
    // A clock that was set back remembers nothing for longer.
    if (ageMs !== undefined && ageMs >= 0 && ageMs < rememberMs) {
      return Promise.resolve(remembered?.record);
    }
    const underWay = reading.get(id);
    if (underWay !== undefined) return underWay;
    const begun = read(id, known !== undefined).finally(() => reading.delete(id));
    reading.set(id, begun);
    return begun;
  };
}

/** Says whether one more read may be made now. */
function createAllowance(now: () => number): () => boolean {
  let left = READS_AT_ONCE;
  let countedAt = now();
  return () => {
    const at = now();
    const more = (Math.max(0, at - countedAt) / 1000) * READS_A_SECOND;
    left = Math.min(READS_AT_ONCE, left + more);
    countedAt = at;
    if (left < 1) return false;
    left--;
    return true;
  };
}

/** Says whether there is a key with this id, by a list of all that is at most 5 s old. */
function createListing(
  documents: DocumentStore,
  now: () => number,
): (id: string) => Promise<boolean> {
  let listing: { readonly ids: Promise<ReadonlySet<string>>; readonly at: number } | undefined;
  return async (id) => {
    const at = now();
    if (listing === undefined || at < listing.at || at - listing.at >= LIST_EVERY_MS) {
      const begun = { ids: listIds(documents), at };
      listing = begun;
      begun.ids.catch(() => {
        if (listing === begun) listing = undefined;
      });
    }
    return (await listing.ids).has(id);
  };
}

async function listIds(documents: DocumentStore): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let after = ''; ; ) {
    const page = await documents.list({ collection: API_KEYS, after, limit: PAGE });
    for (const { key } of page) ids.add(key);
    after = page.at(-1)?.key ?? '';
    if (page.length < PAGE) return ids;
  }
}
