import type { Taker } from './taker.ts';

/** The workers of this process that wait for work, and who holds which workflow. */
export interface Takers {
  add(taker: Taker): void;
  remove(taker: Taker): void;
  all(): ReadonlySet<Taker>;
  /** One with room that may have the work, each in its turn. */
  free(role: string, mayHave: (taker: Taker) => boolean): Taker | undefined;
  /** Whether any of them has the role. */
  want(role: string): boolean;
  /** Who holds the workflow. */
  holder(workflowId: string): Taker | undefined;
  /** @param projectId absent where it is not known. */
  hold(workflowId: string, taker: Taker, projectId: string | undefined): void;
  /** Whether any of them performs something of the project, as far as is known. */
  serves(projectId: string): boolean;
  /** Ends what is known of the workflow's holder; its claim may still be there. */
  release(workflowId: string): Taker | undefined;
}

interface Holding {
  readonly taker: Taker;
  readonly projectId: string | undefined;
}

export function createTakers(): Takers {
  const all = new Set<Taker>();
  const byRole = new Map<string, Set<Taker>>();
  const holders = new Map<string, Holding>();
  /** Holdings of each project. */
  const served = new Map<string, number>();

  function release(workflowId: string): Taker | undefined {
    const holding = holders.get(workflowId);
    if (holding === undefined) return undefined;
    holders.delete(workflowId);
    if (holding.projectId !== undefined) count(holding.projectId, -1);
    return holding.taker;
  }

  function count(projectId: string, by: number): void {
    const sum = (served.get(projectId) ?? 0) + by;
    if (sum === 0) served.delete(projectId);
    else served.set(projectId, sum);
  }

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
      for (const [workflowId, one] of holders) if (one.taker === taker) release(workflowId);
    },
    all: () => all,
    free(role, mayHave) {
      const waiting = byRole.get(role);
      for (const taker of waiting ?? []) {
        if (taker.room() <= 0 || !mayHave(taker)) continue;
        // To the end of the queue.
        waiting?.delete(taker);
        waiting?.add(taker);
        return taker;
      }
      return undefined;
    },
    want: (role) => (byRole.get(role)?.size ?? 0) > 0,
    holder: (workflowId) => holders.get(workflowId)?.taker,
    hold(workflowId, taker, projectId) {
      release(workflowId);
      holders.set(workflowId, { taker, projectId });
      if (projectId !== undefined) count(projectId, 1);
    },
    serves: (projectId) => served.has(projectId),
    release(workflowId) {
      const taker = release(workflowId);
      taker?.drop(workflowId);
      return taker;
    },
  };
}
