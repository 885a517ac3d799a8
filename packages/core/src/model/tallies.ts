import type { WorkflowEvent } from './trail.ts';
import {
  addCounters,
  dayOf,
  NO_USAGE_COUNTERS,
  type UsageDelta,
  type UsageKey,
  usageOf,
} from './usage-counters.ts';

/*
 * What happens to the builds of a project is counted by day in the counters of what its roles use: under names
 * that no role can have, so that stores need no others. `attempts` is how often it happened, `durationMs` how long
 * it took, `model` the state that it happened in.
 */

/** No role begins with it, and all of them come behind it. */
const MARK = ':';

/** What is counted. */
export type Tally =
  | 'started'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'retried'
  | 'rolled_back'
  | 'performed';

/** The place in the order of the counters behind which those of roles begin. */
export const BEHIND_TALLIES: UsageKey = { role: ';', model: '', day: '' };

/** What a row of the counters tells; undefined: it is a role's. */
export function tallyIn({ role }: UsageKey): Tally | undefined {
  return role.startsWith(MARK) ? (role.slice(MARK.length) as Tally) : undefined;
}

/** Everything that events add to the counters of their project; each day, role and model once. */
export function countersOf(events: readonly WorkflowEvent[]): readonly UsageDelta[] {
  return [...usageOf(events), ...talliesOf(events)];
}

/** @param events those of one commit, or all of one workflow, in order. */
function talliesOf(events: readonly WorkflowEvent[]): readonly UsageDelta[] {
  const sums = new Map<string, UsageDelta>();
  const count = (at: number, tally: Tally, state: unknown, durationMs = 0): void => {
    const day = dayOf(at);
    const model = String(state ?? '');
    const key = `${day} ${tally} ${model}`;
    const one = { ...NO_USAGE_COUNTERS, attempts: 1, durationMs };
    const known = sums.get(key);
    const sum = known === undefined ? one : addCounters(known, one);
    sums.set(key, { ...sum, day, role: `${MARK}${tally}`, model });
  };
  for (const [i, event] of events.entries()) {
    const { type, data, at } = event;
    switch (type) {
      case 'workflow_started':
        count(at, 'started', '');
        break;
      case 'state_advanced':
        if (isDuration(data['phaseMs'])) count(at, 'performed', data['from'], data['phaseMs']);
        if (isDuration(data['workflowMs'])) count(at, 'completed', '', data['workflowMs']);
        break;
      case 'workflow_failed':
        count(at, 'failed', data['from']);
        break;
      case 'workflow_cancelled':
        count(at, 'cancelled', data['from']);
        break;
      case 'retry_requested':
        count(at, 'retried', data['from']);
        break;
      case 'rollback_requested':
        count(at, 'rolled_back', data['from']);
        break;
      case 'workflow_recovered': {
        // The second hop of a way back that is counted by its first.
        if (isFirstHop(events[i - 1], event)) break;
        count(at, 'withdrawn' in data ? 'rolled_back' : 'retried', data['from']);
      }
    }
  }
  return [...sums.values()];
}

function isFirstHop(before: WorkflowEvent | undefined, { revision }: WorkflowEvent): boolean {
  const isWayBack = before?.type === 'retry_requested' || before?.type === 'rollback_requested';
  return isWayBack && before.revision === revision;
}

function isDuration(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
