import type { BatonError, RunnerReport } from '@baton/core';

/** Tells once that a server is away, however many runners ask it however often. */
export interface Outage<K> {
  /** What a runner reports, known by `key`. */
  heard(key: K, report: RunnerReport): void;
}

/**
 * @param onError what is no outage, or the beginning of one.
 * @param onEnd an outage is over: none of the runners misses the server.
 */
export function createOutage<K>(
  onError: (error: BatonError, workflowId: string | undefined) => void,
  onEnd: () => void,
): Outage<K> {
  const missing = new Set<K>();
  return {
    heard(key, report) {
      switch (report.kind) {
        case 'listening':
        case 'performing':
          if (missing.delete(key) && missing.size === 0) onEnd();
          return;
        case 'trouble': {
          const { error, workflowId } = report;
          const isAway = workflowId === undefined && error.code === 'unavailable';
          const isKnown = missing.size > 0;
          if (isAway) missing.add(key);
          if (!isAway || !isKnown) onError(error, workflowId);
        }
      }
    },
  };
}
