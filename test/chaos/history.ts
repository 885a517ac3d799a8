import { type Call, markOf } from './call.ts';
import { checkLinearizable, type Verdict } from './linearizability.ts';
import { keyOf, startedModel } from './model.ts';
import { operationsOf } from './operations.ts';
import type { Setback } from './setbacks.ts';

/** What all clients of a run saw, by workflow. */
export interface History {
  record(call: Call): void;
  /** Calls that were answered so far. */
  readonly answered: number;
  calls(workflowId: string): readonly Call[];
}

/** A call is known by its client and when it was made: its outcome takes the place of its call. */
export function createHistory(): History {
  const workflows = new Map<string, Map<string, Call>>();
  let answered = 0;
  return {
    record(call) {
      const calls = workflows.get(call.workflowId) ?? new Map<string, Call>();
      workflows.set(call.workflowId, calls);
      calls.set(`${call.client} ${call.calledAt}`, call);
      if (call.answeredAt < Infinity) answered++;
    },
    get answered() {
      return answered;
    },
    calls: (workflowId) => [...(workflows.get(workflowId)?.values() ?? [])],
  };
}

/** Whether what clients saw of one workflow, started at the time `startedAt`, can be explained. */
export function checkCalls(
  calls: readonly Call[],
  startedAt: number,
  setbacks: readonly Setback[] = [],
): Verdict {
  return checkLinearizable(
    startedModel(startedAt),
    operationsOf(telling(calls, setbacks), setbacks),
    keyOf,
  );
}

/**
 * The calls that say something. A read without an answer says nothing; nor does a request that was
 * asked for again under the same id without an answer: the first time stands for all of them, until
 * the store forgets.
 */
function telling(calls: readonly Call[], setbacks: readonly Setback[]): readonly Call[] {
  const forgets = setbacks.filter(({ kind }) => kind === 'forgot');
  const asked = new Set<string>();
  return calls.filter(({ action, now, outcome, calledAt }) => {
    if (outcome.kind !== 'unknown') return true;
    if (action.kind === 'status') return false;
    if (!('requestId' in action)) return true;
    const life = forgets.filter((forgot) => forgot.calledAt < calledAt).length;
    const key = `${life} ${now} ${markOf(action)}`;
    const isFirst = !asked.has(key);
    asked.add(key);
    return isFirst;
  });
}
