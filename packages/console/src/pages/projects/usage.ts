import type { UsageRow } from '@baton/core/api';

/** What was used, added up. */
interface UsageSum {
  readonly attempts: number;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  readonly durationMs: number;
  readonly unpriced: number;
}

export interface UsageGroup extends UsageSum {
  readonly role: string;
  readonly model: string;
}

export interface UsageDay extends UsageSum {
  /** In UTC, such as `2026-01-31`. */
  readonly day: string;
}

const NOTHING: UsageSum = {
  attempts: 0,
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  cost: 0,
  durationMs: 0,
  unpriced: 0,
};

function plus(sum: UsageSum, row: UsageRow): UsageSum {
  return {
    attempts: sum.attempts + row.attempts,
    requests: sum.requests + row.requests,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    cost: sum.cost + row.cost,
    durationMs: sum.durationMs + row.durationMs,
    unpriced: sum.unpriced + row.unpricedRequests,
  };
}

/** By role and model, over all days. */
export function groupsOf(rows: readonly UsageRow[]): readonly UsageGroup[] {
  const groups = new Map<string, UsageGroup>();
  for (const row of rows) {
    const { role, model } = row;
    const key = `${role}\n${model}`;
    groups.set(key, { ...plus(groups.get(key) ?? NOTHING, row), role, model });
  }
  return [...groups.values()];
}

/** Each of the days, those without any use included. @param role '' for all. */
export function daysOf(
  rows: readonly UsageRow[],
  days: readonly string[],
  role: string,
): readonly UsageDay[] {
  const wanted = rows.filter((row) => role === '' || row.role === role);
  return days.map((day) => ({
    ...wanted.filter((row) => row.day === day).reduce(plus, NOTHING),
    day,
  }));
}
