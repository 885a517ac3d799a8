import type { Permit } from '../ports/workflow-store.ts';

/** A limit that was reached is known as that for so long, unless it is looked at anew. */
const REACHED_MS = 5000;

/*
 * Limits that were found reached, by the names of their permits.
 * 1. As many claims are tried as there may be room for: one for each permit that came back, and one more where a
 *    try went well. So a backlog of any length costs no call of the store while nothing can be had.
 * 2. What other processes give back is found by one look for all limits.
 */
export interface ReachedLimits {
  isEmpty(): boolean;
  isReached(name: string, now: number): boolean;
  /** No permit was left. */
  reached(permit: Permit, now: number): void;
  /** There may be room for so many claims more. */
  hasRoom(name: string, claims: number): void;
  /** Those without room, as far as is known. */
  all(now: number): readonly Permit[];
}

interface Reached {
  readonly permit: Permit;
  readonly until: number;
  room: number;
}

export function createReachedLimits(): ReachedLimits {
  /** In the order in which they end. */
  const known = new Map<string, Reached>();
  return {
    isEmpty: () => known.size === 0,
    isReached(name, now) {
      const one = known.get(name);
      return one !== undefined && one.until > now && one.room <= 0;
    },
    reached(permit, now) {
      known.delete(permit.name);
      known.set(permit.name, { permit, until: now + REACHED_MS, room: 0 });
      for (const [name, { until }] of known) {
        if (until > now) break;
        known.delete(name);
      }
    },
    hasRoom(name, claims) {
      const one = known.get(name);
      if (one !== undefined) one.room += claims;
    },
    all: (now) =>
      [...known.values()]
        .filter(({ until, room }) => until > now && room <= 0)
        .map(({ permit }) => permit),
  };
}
