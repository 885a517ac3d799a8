import { z } from 'zod';

/** What a caller of a server may be allowed to do. Definitions are for all. */
export const PERMISSIONS = ['read', 'start', 'perform', 'steer', 'decide'] as const;

/**
 * - `read`: status, history, lists, watches, stats, usage, artifacts;
 * - `start`: start workflows;
 * - `perform`: take assignments and report on them, as a worker does;
 * - `steer`: request retries, roll back and cancel, as a person does;
 * - `decide`: answer questions and decide approvals.
 */
export type Permission = (typeof PERMISSIONS)[number];

const name = z.string().min(1).max(256);

function allOr(each: z.ZodType<string, string>) {
  return z.union([z.literal('*'), z.array(each).max(1000).readonly()], {
    error: "expected '*' or a list of names",
  });
}

/** What a caller may do, and for whom. `*` means any. */
export const grantSchema = z.strictObject({
  /** Outside of these there is nothing for the caller. */
  projects: allOr(name).refine((projects) => projects.length > 0, 'expected one project at least'),
  permissions: z.array(z.enum(PERMISSIONS)).min(1).readonly(),
  /** Roles that it may perform or speak as. Default: none. */
  roles: allOr(name).default([]),
  /** Users that it may speak for, beside itself. Default: none. */
  actors: allOr(name).default([]),
  /**
   * What it may say of who performs: `person`, `program`, models and families of models, such as `claude`. What separation
   * of duties rests on is then true of its workers. Default: anything.
   */
  performers: allOr(name).default('*'),
  /** Whether evidence and checkpoints that it sends are accepted. Default: false. */
  attests: z.boolean().default(false),
});

export type Grant = z.output<typeof grantSchema>;
export type GrantInput = z.input<typeof grantSchema>;
