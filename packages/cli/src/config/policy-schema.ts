import { BUILD_PHASES, BUILD_STATES, type Budget, type Budgets } from '@baton/core';
import { z } from 'zod';
import { text } from './argv-schema.ts';

const state = z.enum(BUILD_STATES);
const phase = z.enum(BUILD_PHASES);

const caps = {
  tokens: z.int().positive().optional().describe('Input and output together'),
  cost: z.number().positive().optional().describe('In the currency of the prices'),
  wallSeconds: z.number().positive().optional().describe('Time at work; waiting is free'),
};

export const budgetsSchema = z.strictObject({
  ...caps,
  phases: z.partialRecord(phase, z.strictObject(caps)).optional().describe('Caps of single phases'),
});

export const approvalsSchema = z.array(
  z.strictObject({
    from: state,
    to: state,
    by: z.array(text).default([]).describe('Who may decide. Default: anybody who is not a role'),
  }),
);

export const separationsSchema = z.array(
  z.strictObject({
    phase: phase.describe('Whoever performs this one …'),
    from: phase.describe('… must not be who performed this one'),
    by: z
      .enum(['worker', 'model', 'model_family'])
      .describe("worker: as principal.worker of the roles names them, or the run's own process"),
  }),
);

type BudgetsEntry = z.output<typeof budgetsSchema>;

/** Caps as core takes them. */
export function toBudgets({ phases = {}, ...whole }: BudgetsEntry): Budgets {
  const ofPhases = Object.entries(phases).map(([name, entry]) => [name, toBudget(entry)]);
  return {
    ...toBudget(whole),
    ...(ofPhases.length > 0 && { phases: Object.fromEntries(ofPhases) }),
  };
}

function toBudget({ tokens, cost, wallSeconds }: Omit<BudgetsEntry, 'phases'>): Budget {
  return {
    ...(tokens !== undefined && { tokens }),
    ...(cost !== undefined && { cost }),
    ...(wallSeconds !== undefined && { wallMs: Math.ceil(wallSeconds * 1000) }),
  };
}
