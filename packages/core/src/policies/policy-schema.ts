import { z } from 'zod';
import { coverageKind } from '../model/build/outputs.ts';
import type { Budget, Budgets } from '../model/usage.ts';
import { BUILD_PHASES, BUILD_STATES } from '../model/vocabulary.ts';

/**
 * Rules of builds as people write them into a file: durations in seconds, and nothing let through that
 * means nothing. They stand in the configuration of a project and in the policies of a server.
 */

const text = z.string().min(1);
const state = z.enum(BUILD_STATES);
const phase = z.enum(BUILD_PHASES);

const caps = {
  tokens: z.int().positive().optional().describe('Input and output together'),
  cost: z.number().positive().optional().describe('In the currency of the prices'),
  wallSeconds: z.number().positive().optional().describe('Time at work; waiting is free'),
};

export const budgetsShape = z.strictObject({
  ...caps,
  phases: z.partialRecord(phase, z.strictObject(caps)).optional().describe('Caps of single phases'),
});

const approvals = z.array(
  z.strictObject({
    from: state,
    to: state,
    by: z
      .array(text)
      .default([])
      .describe('Who may decide. Default: any principal that is not a role'),
  }),
);

const separations = z.array(
  z.strictObject({
    phase: phase.describe('The performer of this phase …'),
    from: phase.describe('… must differ from the performer of this one'),
    by: z
      .enum(['worker', 'model', 'model_family'])
      .describe("worker: as principal.worker of the roles names them, or the run's own process"),
  }),
);

/** The members of a settings file that are rules of builds. */
export const policyShape = {
  coverageThreshold: z
    .number()
    .min(0)
    .max(100)
    .default(80)
    .describe('Line coverage below which tests do not pass, percent'),
  coverageOf: coverageKind
    .default('all')
    .describe('Which lines coverageThreshold is for: all, or those that a build changed'),
  budgets: budgetsShape.default({}).describe('Caps on what a build may use'),
  approvals: approvals.default([]).describe('Moves that wait for a person'),
  separations: separations.default([]).describe('Phases that others must perform'),
  workspace: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('required: an output without a checkpoint of a workspace is refused'),
};

/** Caps as orchestrators take them. */
export function toBudgets({ phases = {}, ...whole }: z.output<typeof budgetsShape>): Budgets {
  const ofPhases = Object.entries(phases).map(([name, entry]) => [name, toBudget(entry)]);
  return {
    ...toBudget(whole),
    ...(ofPhases.length > 0 && { phases: Object.fromEntries(ofPhases) }),
  };
}

function toBudget({
  tokens,
  cost,
  wallSeconds,
}: Omit<z.output<typeof budgetsShape>, 'phases'>): Budget {
  return {
    ...(tokens !== undefined && { tokens }),
    ...(cost !== undefined && { cost }),
    ...(wallSeconds !== undefined && { wallMs: Math.ceil(wallSeconds * 1000) }),
  };
}
