import type { Orchestrator } from '@baton/core';
import { expect } from 'vitest';

/** A server's project stats, under way until they are let go. */
export interface HeldStats {
  /** The orchestrator that holds its project stats back. */
  orchestrate(orchestrator: Orchestrator): Orchestrator;
  /** Resolves once that many callers wait for their stats. */
  callers(count: number): Promise<void>;
  /** How many have asked so far. */
  count(): number;
  letGo(): void;
}

export function holdStats(): HeldStats {
  const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    orchestrate: (orchestrator) => ({
      ...orchestrator,
      projectStats: async (request) => {
        waiting++;
        await released;
        return orchestrator.projectStats(request);
      },
    }),
    callers: (count) => expect.poll(() => waiting).toBe(count),
    count: () => waiting,
    letGo,
  };
}
