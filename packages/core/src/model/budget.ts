import { z } from 'zod';
import { recordByName } from './record-by-name.ts';

/** The longest that a workflow may take, and may work: 366 days in milliseconds. */
export const MAX_TIMEOUT_MS = 366 * 86_400_000;

/** A cap on what a workflow, or one of its phases, may use. What is left out has no cap. */
const budgetSchema = z.strictObject({
  /** Input and output tokens together. */
  tokens: z.int().positive().optional(),
  /** In the currency of the price table. */
  cost: z.number().positive().optional(),
  /** Time under claims, in milliseconds; waiting for people and for workers is free. */
  wallMs: z.int().positive().optional(),
});

export type Budget = z.infer<typeof budgetSchema>;

/** The caps that a workflow runs under. */
export const budgetsSchema = budgetSchema.extend({
  /** Caps of single phases, by name. */
  phases: recordByName(budgetSchema).optional(),
});

/** Caps that a caller may set: a time at work may be as long as a workflow. */
const givenBudget = budgetSchema.extend({
  wallMs: z.int().positive().max(MAX_TIMEOUT_MS).optional(),
});
export const givenBudgets = givenBudget.extend({ phases: recordByName(givenBudget).optional() });

export type Budgets = z.infer<typeof budgetsSchema>;

/** What one attempt may use at most. What is absent has no cap. */
export interface Allowance {
  readonly tokens?: number;
  readonly cost?: number;
}

/** Of an attempt that asks no model. */
export const NO_ALLOWANCE: Allowance = { tokens: 0, cost: 0 };
