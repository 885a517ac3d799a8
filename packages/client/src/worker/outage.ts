import type { BatonError, ErrorCode, RunnerReport } from '@baton/core';

/** Who calls is not known, or may not perform: a server that was asked again says so again. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'permission_denied']);

/** Tells once that a server is away, or refuses the caller, however many runners ask it however often. */
export interface Outage<K> {
  /** What a runner reports, known by `key`. */
  heard(key: K, report: RunnerReport): void;
}

/**
 * @param onError what is no outage, or the beginning of one, and once each refusal of the caller.
 * @param onEnd an outage is over: none of the runners misses the server.
 */
export function createOutage<K>(
  onError: (error: BatonError, workflowId: string | undefined) => void,
  onEnd: () => void,
): Outage<K> {
  const missing = new Set<K>();
  const refusals = new Map<K, string>();
  return {
    heard(key, report) {
      switch (report.kind) {
        case 'listening':
        case 'performing':
          refusals.delete(key);
          if (missing.delete(key) && missing.size === 0) onEnd();
          return;
        case 'trouble': {
          const { error, workflowId } = report;
          if (workflowId === undefined && REFUSALS.has(error.code)) {
            const isTold = [...refusals.values()].includes(error.message);
            refusals.set(key, error.message);
            if (!isTold) onError(error, workflowId);
            return;
          }
          const isAway = workflowId === undefined && error.code === 'unavailable';
          const isKnown = missing.size > 0;
          if (isAway) missing.add(key);
          if (!isAway || !isKnown) onError(error, workflowId);
        }
      }
    },
  };
}
