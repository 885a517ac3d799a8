import type { Taker } from './taker.ts';

/** The workers of this process that wait for work, and who holds which workflow. */
export interface Takers {
  add(taker: Taker): void;
  remove(taker: Taker): void;
  all(): ReadonlySet<Taker>;
  /** One with room for the work, each in its turn. */
  free(role: string, workflowId: string, now: number): Taker | undefined;
  /** Whether any of them has the role. */
  want(role: string): boolean;
  /** Who holds the workflow. */
  holder(workflowId: string): Taker | undefined;
  hold(workflowId: string, taker: Taker): void;
  /** Ends what is known of the workflow's holder; its claim may still be there. */
  release(workflowId: string): Taker | undefined;
}

export function createTakers(): Takers {
  const all = new Set<Taker>();
  const byRole = new Map<string, Set<Taker>>();
  const holders = new Map<string, Taker>();
  return {
    add(taker) {
      all.add(taker);
      for (const role of taker.roles) {
        const others = byRole.get(role) ?? new Set();
        byRole.set(role, others.add(taker));
      }
    },
    remove(taker) {
      all.delete(taker);
      for (const role of taker.roles) byRole.get(role)?.delete(taker);
      for (const [workflowId, one] of holders) if (one === taker) holders.delete(workflowId);
    },
    all: () => all,
    free(role, workflowId, now) {
      const waiting = byRole.get(role);
      for (const taker of waiting ?? []) {
        if (taker.room() <= 0 || !taker.suits(workflowId, now)) continue;
        // To the end of the queue.
        waiting?.delete(taker);
        waiting?.add(taker);
        return taker;
      }
      return undefined;
    },
    want: (role) => (byRole.get(role)?.size ?? 0) > 0,
    holder: (workflowId) => holders.get(workflowId),
    hold: (workflowId, taker) => void holders.set(workflowId, taker),
    release(workflowId) {
      const taker = holders.get(workflowId);
      holders.delete(workflowId);
      taker?.drop(workflowId);
      return taker;
    },
  };
}
