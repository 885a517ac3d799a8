import type { WorkflowStatus } from '@baton/core/api';

export interface Spent {
  /** Input and output tokens together. */
  readonly tokens: number;
  readonly cost: number;
  /** Set aside for attempts that ended without a word. */
  readonly unsettledTokens: number;
  readonly unsettledCost: number;
  /** Time under claims, in milliseconds. */
  readonly durationMs: number;
  /** Requests without a known price: with any, the cost is less than what was spent. */
  readonly unpriced: number;
}

/** What a build has used over all phases. */
export function spentOf({ usage }: Pick<WorkflowStatus, 'usage'>): Spent {
  const sum = {
    tokens: 0,
    cost: 0,
    unsettledTokens: 0,
    unsettledCost: 0,
    durationMs: 0,
    unpriced: 0,
  };
  for (const phase of Object.values(usage)) {
    sum.tokens += phase.inputTokens + phase.outputTokens;
    sum.cost += phase.cost;
    sum.unsettledTokens += phase.unsettledTokens;
    sum.unsettledCost += phase.unsettledCost;
    sum.durationMs += phase.durationMs;
    sum.unpriced += phase.unpricedRequests;
  }
  return sum;
}
