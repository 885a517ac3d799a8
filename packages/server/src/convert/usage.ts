import type { Allowance, Budget, Budgets, PhaseUsage, Usage } from '@baton/core';
import type * as wire from '@baton/proto';
import { duration, milliseconds } from './time.ts';
import { present, type Wire } from './wire.ts';

/** Counts are 64 bits wide on the wire, and numbers in core, which refuses those past 2^53 - 1. */

export function toUsage(usage: wire.Usage | undefined): Usage | undefined {
  return (
    usage && {
      requests: Number(usage.requests),
      inputTokens: Number(usage.inputTokens),
      cachedInputTokens: Number(usage.cachedInputTokens),
      outputTokens: Number(usage.outputTokens),
      reasoningTokens: Number(usage.reasoningTokens),
      cost: usage.cost,
      unpricedRequests: Number(usage.unpricedRequests),
    }
  );
}

export function toBudgets(budgets: wire.Budgets | undefined): Budgets | undefined {
  if (budgets === undefined) return undefined;
  const phases = Object.entries(budgets.phases).map(([phase, budget]) => [
    phase,
    toBudget(budget, `budgets.phases.${phase}.wall`),
  ]);
  return {
    ...toBudget(budgets, 'budgets.wall'),
    ...(phases.length > 0 && { phases: Object.fromEntries(phases) }),
  };
}

export function toAllowance(
  allowance: wire.Allowance | undefined,
): { tokens?: number; cost?: number } | undefined {
  return allowance && present({ tokens: optionalNumber(allowance.tokens), cost: allowance.cost });
}

export function fromPhaseUsage(used: PhaseUsage): Wire<wire.PhaseUsage> {
  return {
    $typeName: 'baton.v1.PhaseUsage',
    usage: fromUsage(used),
    duration: duration(used.durationMs),
    unsettledTokens: BigInt(used.unsettledTokens),
    unsettledCost: used.unsettledCost,
  };
}

export function fromBudgets(budgets: Budgets): Wire<wire.Budgets> {
  const phases = Object.entries(budgets.phases ?? {}).map(([phase, budget]) => [
    phase,
    { $typeName: 'baton.v1.Budget', ...caps(budget) } satisfies Wire<wire.Budget>,
  ]);
  return { $typeName: 'baton.v1.Budgets', ...caps(budgets), phases: Object.fromEntries(phases) };
}

export function fromAllowance({ tokens, cost }: Allowance): Wire<wire.Allowance> {
  return { $typeName: 'baton.v1.Allowance', tokens: optionalBigInt(tokens), cost };
}

function toBudget(
  { tokens, cost, wall }: Pick<wire.Budget, 'tokens' | 'cost' | 'wall'>,
  field: string,
): Budget {
  const wallMs = wall && milliseconds(wall, field);
  return present({ tokens: optionalNumber(tokens), cost, wallMs });
}

function caps({ tokens, cost, wallMs }: Budget) {
  const wall = wallMs === undefined ? undefined : duration(wallMs);
  return { tokens: optionalBigInt(tokens), cost, wall };
}

function fromUsage(usage: Usage): Wire<wire.Usage> {
  return {
    $typeName: 'baton.v1.Usage',
    requests: BigInt(usage.requests),
    inputTokens: BigInt(usage.inputTokens),
    cachedInputTokens: BigInt(usage.cachedInputTokens),
    outputTokens: BigInt(usage.outputTokens),
    reasoningTokens: BigInt(usage.reasoningTokens),
    cost: usage.cost,
    unpricedRequests: BigInt(usage.unpricedRequests),
  };
}

function optionalNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function optionalBigInt(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}
