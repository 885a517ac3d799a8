import { USAGE_COUNTERS, type UsageDelta, type UsageSum } from '@baton/core';
import type { Row, Value } from './workflow-row.ts';

type Counter = (typeof USAGE_COUNTERS)[number];

const COLUMNS = {
  attempts: 'attempts',
  durationMs: 'duration_ms',
  requests: 'requests',
  inputTokens: 'input_tokens',
  cachedInputTokens: 'cached_input_tokens',
  outputTokens: 'output_tokens',
  reasoningTokens: 'reasoning_tokens',
  costNanos: 'cost_nanos',
  unpricedRequests: 'unpriced_requests',
  unsettledTokens: 'unsettled_tokens',
  unsettledCostNanos: 'unsettled_cost_nanos',
} as const satisfies Record<Counter, string>;

/** The columns of the counters, in the order of {@link usageValues}. */
export const USAGE_COUNTER_COLUMNS: readonly string[] = USAGE_COUNTERS.map((name) => COLUMNS[name]);

export function usageValues(delta: UsageDelta): readonly Value[] {
  return USAGE_COUNTERS.map((name) => delta[name]);
}

export function toUsageSum(row: Row): UsageSum {
  const counters = USAGE_COUNTERS.map((name) => [name, row[COLUMNS[name]]] as const);
  return {
    role: row['role'] as string,
    model: row['model'] as string,
    ...(row['day'] !== undefined && { day: row['day'] as string }),
    ...(Object.fromEntries(counters) as Record<Counter, number>),
  };
}
