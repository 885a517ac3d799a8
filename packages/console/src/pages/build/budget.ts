import type { Budget, WorkflowStatus } from '@baton/core/api';
import { number } from '../../components/json-fields.ts';
import { spentOf } from '../builds/spent.ts';
import type { Entry } from './timeline.ts';

interface Amount {
  readonly tokens: number;
  readonly cost: number;
}

/** What one phase, or the workflow as a whole, has of its budget. */
export interface BudgetLine {
  readonly name: string;
  readonly isTotal: boolean;
  readonly settled: Amount & { readonly durationMs: number };
  /** Of the attempt under way; absent where none is, or nothing is capped. */
  readonly reserved: Partial<Amount> | undefined;
  readonly unsettled: Amount;
  readonly cap: Budget | undefined;
}

/** By phase, then the sum of all. What an attempt has reserved is told by the event of its claim. */
export function budgetLines(
  status: WorkflowStatus,
  entries: readonly Entry[],
): readonly BudgetLine[] {
  const open = entries.findLast((entry) => entry.kind === 'attempt');
  const reservedNow =
    open?.kind === 'attempt' && open.endedAt === undefined && open.reserved !== undefined
      ? { state: open.state, amount: amountOf(open.reserved) }
      : undefined;
  const caps = status.budgets;
  const phases = new Set([...Object.keys(status.usage), ...Object.keys(caps?.phases ?? {})]);
  if (reservedNow !== undefined) phases.add(reservedNow.state);
  const lines = [...phases].map((name): BudgetLine => {
    const usage = status.usage[name];
    return {
      name,
      isTotal: false,
      settled: {
        tokens: (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
        cost: usage?.cost ?? 0,
        durationMs: usage?.durationMs ?? 0,
      },
      reserved: reservedNow?.state === name ? reservedNow.amount : undefined,
      unsettled: { tokens: usage?.unsettledTokens ?? 0, cost: usage?.unsettledCost ?? 0 },
      cap: caps?.phases?.[name],
    };
  });
  const spent = spentOf(status);
  return [
    ...lines,
    {
      name: 'All phases',
      isTotal: true,
      settled: spent,
      reserved: reservedNow?.amount,
      unsettled: { tokens: spent.unsettledTokens, cost: spent.unsettledCost },
      cap: caps,
    },
  ];
}

function amountOf(reserved: Parameters<typeof number>[0]): Partial<Amount> {
  const [tokens, cost] = [number(reserved, 'tokens'), number(reserved, 'cost')];
  return { ...(tokens !== undefined && { tokens }), ...(cost !== undefined && { cost }) };
}
