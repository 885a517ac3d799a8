import type { Allowance, Budget, Budgets, PhaseUsage, Usage } from '@baton/core/api';
import type * as wire from '@baton/proto';
import { counted, present } from './present.ts';
import { duration, milliseconds } from './time.ts';

/** Usage and budgets both ways. Counts are 64 bits wide on the wire, and numbers for users. */

export function fromUsage(usage: Usage) {
  return {
    requests: counted(usage.requests, 'usage.requests'),
    inputTokens: counted(usage.inputTokens, 'usage.inputTokens'),
    cachedInputTokens: counted(usage.cachedInputTokens, 'usage.cachedInputTokens'),
    outputTokens: counted(usage.outputTokens, 'usage.outputTokens'),
    reasoningTokens: counted(usage.reasoningTokens, 'usage.reasoningTokens'),
    cost: usage.cost,
    unpricedRequests: counted(usage.unpricedRequests, 'usage.unpricedRequests'),
  };
}

export function fromBudgets(budgets: Budgets) {
  const phases = Object.entries(budgets.phases ?? {}).map(([phase, budget]) => [
    phase,
    fromBudget(budget, `budgets.phases.${phase}`),
  ]);
  return { ...fromBudget(budgets, 'budgets'), phases: Object.fromEntries(phases) };
}

export function fromAllowance({ tokens, cost }: Pick<Budget, 'tokens' | 'cost'>, field: string) {
  return present({
    tokens: tokens === undefined ? undefined : counted(tokens, `${field}.tokens`),
    cost,
  });
}

export function toPhaseUsage({ usage, ...used }: wire.PhaseUsage): PhaseUsage {
  return {
    requests: Number(usage?.requests ?? 0),
    inputTokens: Number(usage?.inputTokens ?? 0),
    cachedInputTokens: Number(usage?.cachedInputTokens ?? 0),
    outputTokens: Number(usage?.outputTokens ?? 0),
    reasoningTokens: Number(usage?.reasoningTokens ?? 0),
    cost: usage?.cost ?? 0,
    unpricedRequests: Number(usage?.unpricedRequests ?? 0),
    durationMs: milliseconds(used.duration),
    unsettledTokens: Number(used.unsettledTokens),
    unsettledCost: used.unsettledCost,
  };
}

export function toBudgets(budgets: wire.Budgets): Budgets {
  const phases = Object.entries(budgets.phases).map(([phase, budget]) => [phase, toBudget(budget)]);
  return {
    ...toBudget(budgets),
    ...(phases.length > 0 && { phases: Object.fromEntries(phases) }),
  };
}

export function toAllowance({ tokens, cost }: wire.Allowance): Allowance {
  return present({ tokens: tokens === undefined ? undefined : Number(tokens), cost });
}

function fromBudget({ wallMs, ...caps }: Budget, field: string) {
  const wall = wallMs === undefined ? undefined : duration(wallMs, `${field}.wallMs`);
  return { ...fromAllowance(caps, field), ...present({ wall }) };
}

function toBudget({ tokens, cost, wall }: Pick<wire.Budget, 'tokens' | 'cost' | 'wall'>): Budget {
  return present({
    tokens: tokens === undefined ? undefined : Number(tokens),
    cost,
    wallMs: wall && milliseconds(wall),
  });
}
