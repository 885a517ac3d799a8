import type { Call } from './call.ts';
import type { Operation } from './linearizability.ts';
import { forget, type Model, save, toOperation } from './model.ts';
import type { Setback } from './setbacks.ts';

/**
 * What has to be put into an order, of one workflow. What a store sends again because its reply was lost
 * may have been done before, and not be what was answered:
 * 1. A renewal may have extended the claim, and find it lost when it is sent again.
 * 2. What a store forgot while the call was under way may have been done before that, too, where it is
 *    sent again.
 */
export function operationsOf(
  calls: readonly Call[],
  setbacks: readonly Setback[],
): readonly Operation<Model>[] {
  return [...setbacks.map(setBack), ...calls.flatMap((call) => ofCall(call, setbacks))];
}

function setBack({ kind, calledAt, answeredAt }: Setback): Operation<Model> {
  return { name: kind, calledAt, answeredAt, step: kind === 'saved' ? save : forget };
}

function ofCall(call: Call, setbacks: readonly Setback[]): readonly Operation<Model>[] {
  const { action, outcome, calledAt, answeredAt } = call;
  if (action.kind === 'status') return [toOperation(call)];
  const forgets = setbacks.filter(
    (one) => one.kind === 'forgot' && one.calledAt < answeredAt && one.answeredAt > calledAt,
  );
  const deadlines = forgets.filter((one) => one.isSentAgain).map((one) => one.answeredAt);
  const isLost = outcome.kind === 'ok' && outcome.answer['held'] === false;
  if (isLost) deadlines.push(answeredAt);
  const unanswered = toOperation({ ...call, answeredAt: Infinity, outcome: UNKNOWN });
  return [
    ...deadlines.map((until) => ({ ...unanswered, until })),
    // A request that has its reply before the store forgets is made anew after that.
    { ...toOperation(call), mayChangeLater: forgets.length > 0 },
  ];
}

const UNKNOWN = { kind: 'unknown', code: 'sent again' } as const;
