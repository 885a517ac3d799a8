import {
  type Allowance,
  addPhaseUsage,
  type Budget,
  NO_PHASE_USAGE,
  type PhaseUsage,
} from '../model/usage.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';

/** Tells the reader of an error how to continue when a cap is used up. */
export const RAISE_A_CAP = 'request a retry with a raised cap to go on';

/** What is left for an attempt, or which cap is used up. */
export type Left =
  | {
      readonly kind: 'left';
      readonly reserved: Allowance | undefined;
      /** Milliseconds; absent without a time cap. */
      readonly wallMs: number | undefined;
    }
  | { readonly kind: 'used_up'; readonly message: string };

/**
 * What an attempt at `phase` may use under the caps of the workflow and of the phase, at most what
 * it `wants`. No other attempt can spend what is reserved before it is settled.
 */
export function allowanceFor(
  { limits, usage }: WorkflowSnapshot,
  phase: string,
  wants: Allowance | undefined,
): Left {
  const { budgets } = limits;
  if (budgets === undefined) return { kind: 'left', reserved: undefined, wallMs: undefined };
  const whole = Object.values(usage).reduce(addPhaseUsage, NO_PHASE_USAGE);
  const caps: readonly Cap[] = [
    { of: 'the workflow', budget: budgets, used: whole },
    {
      of: `phase '${phase}'`,
      budget: budgets.phases?.[phase] ?? {},
      used: usage[phase] ?? NO_PHASE_USAGE,
    },
  ];
  const spent = caps.flatMap(usedUp);
  if (spent.length > 0) return { kind: 'used_up', message: spent.join('; ') };
  const tokens = leastOf(caps.map(({ budget, used }) => rest(budget.tokens, tokensOf(used))));
  const cost = leastOf(caps.map(({ budget, used }) => rest(budget.cost, costOf(used))));
  const wallMs = leastOf(caps.map(({ budget, used }) => rest(budget.wallMs, used.durationMs)));
  const reserved = {
    ...(tokens !== undefined && { tokens: Math.min(tokens, wants?.tokens ?? tokens) }),
    ...(cost !== undefined && { cost: Math.min(cost, wants?.cost ?? cost) }),
  };
  return { kind: 'left', reserved, wallMs };
}

interface Cap {
  /** What it caps, in words. */
  readonly of: string;
  readonly budget: Budget;
  readonly used: PhaseUsage;
}

function usedUp({ of, budget, used }: Cap): string[] {
  const spent: string[] = [];
  const tell = (name: string, cap: number | undefined, amount: number, unsettled = ''): void => {
    if (cap === undefined || amount < cap) return;
    spent.push(`${of} has used ${amount} of its ${cap} ${name}${unsettled}`);
  };
  const { unsettledTokens, unsettledCost, unpricedRequests } = used;
  tell('tokens', budget.tokens, tokensOf(used), unsettledWords(unsettledTokens));
  tell('cost', budget.cost, costOf(used), unsettledWords(unsettledCost));
  tell('ms', budget.wallMs, used.durationMs);
  if (budget.cost !== undefined && unpricedRequests > 0) {
    spent.push(
      `${of} has a cap on its cost and ${unpricedRequests} requests of unknown price: add the model to the price table`,
    );
  }
  return spent;
}

function unsettledWords(amount: number): string {
  return amount === 0
    ? ''
    : ` (${amount} of it set aside for attempts that never reported; a role's reserve bounds that)`;
}

function tokensOf(used: PhaseUsage): number {
  return used.inputTokens + used.outputTokens + used.unsettledTokens;
}

function costOf(used: PhaseUsage): number {
  return used.cost + used.unsettledCost;
}

function rest(cap: number | undefined, used: number): number | undefined {
  return cap === undefined ? undefined : cap - used;
}

function leastOf(amounts: readonly (number | undefined)[]): number | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
