import type { Place } from './keys.ts';

export interface MergeQuery {
  readonly limit: number;
  /** The place behind which to begin. */
  readonly after: Place | undefined;
  /** The order of the list. */
  readonly compare: (a: Place, b: Place) => number;
}

/** Returns the first places of a shard's list after the given one, in order: `count`, or as many as exist. */
type ReadShard = (
  shard: number,
  after: Place | undefined,
  count: number,
) => Promise<readonly Place[]>;

interface Shard {
  readonly places: Place[];
  more: boolean;
}

/**
 * Merges the first `limit` places of a list that is spread over shards. Asks each shard for slightly more
 * than its share, then asks only those again that have a larger part of the page.
 */
export async function mergeShards(
  shards: number,
  { limit, after, compare }: MergeQuery,
  read: ReadShard,
): Promise<readonly Place[]> {
  const share = Math.min(limit, Math.ceil((limit / shards) * 2) + 4);
  const found = Array.from({ length: shards }, (): Shard => ({ places: [], more: true }));
  for (;;) {
    const page = found
      .flatMap(({ places }) => places)
      .sort(compare)
      .slice(0, limit);
    const last = page.length < limit ? undefined : page.at(-1);
    const open = found.flatMap((shard, i) => (isOpen(shard, last, compare) ? [{ shard, i }] : []));
    if (open.length === 0) return page;
    await Promise.all(
      open.map(async ({ shard, i }) => {
        const places = await read(i, shard.places.at(-1) ?? after, share);
        shard.places.push(...places);
        shard.more = places.length === share;
      }),
    );
  }
}

/** Whether the rest of the shard could contain a place before `last`. */
function isOpen(
  { places, more }: Shard,
  last: Place | undefined,
  compare: MergeQuery['compare'],
): boolean {
  const end = places.at(-1);
  return more && (end === undefined || last === undefined || compare(end, last) < 0);
}
