import type { Allowance } from '@baton/core';

/** What is capped. */
export type Measure = 'tokens' | 'cost';

/** What a spending process is told. Amounts are whole units: tokens, or a 64th of the cost. */
export interface SpendingPlan {
  readonly path: string;
  /** Where each pretended model call leaves what the provider has charged, a line a call. */
  readonly log: string;
  readonly aheadMs: number;
  readonly seed: number;
  readonly measure: Measure;
  readonly cap: number;
  /** What an attempt asks for; absent: all that is left. */
  readonly reserve?: number;
}

/** The most that one pretended call takes. */
export const LARGEST_CALL = 40;
/** The most calls that one attempt makes. */
export const MOST_CALLS = 3;

/** So that costs have no rounding errors: sums of 64ths are exact. */
const UNITS: Readonly<Record<Measure, number>> = { tokens: 1, cost: 64 };

export function amountOf(measure: Measure, units: number): Allowance {
  return { [measure]: units / UNITS[measure] };
}

export function unitsOf(measure: Measure, amount: Allowance | undefined): number {
  return (amount?.[measure] ?? 0) * UNITS[measure];
}
