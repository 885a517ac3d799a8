import { z } from 'zod';

const names = z.array(z.string().min(1).max(256)).max(32).readonly();

/**
 * Which minds perform an assignment, beside the worker: what separation of duties compares. A role
 * that may fall back on a second model names both.
 */
export const principalSchema = z.strictObject({
  /** As `provider:model`; empty when no model takes part. */
  models: names,
  /** Such as `claude` or `gpt`; empty when no model takes part. */
  modelFamilies: names,
});

export type Principal = z.infer<typeof principalSchema>;

/** Who performed a phase. */
export interface Performer extends Principal {
  readonly worker: string;
}
