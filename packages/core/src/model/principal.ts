import { z } from 'zod';

const names = z.array(z.string().min(1).max(256)).max(32).readonly();

/**
 * Which minds perform an assignment, beside the worker: what separation of duties compares. A role
 * that may fall back on a second model names both. One that names neither models nor a kind has
 * declared nothing, and may not perform what a separation by model or family concerns.
 */
export const principalSchema = z.strictObject({
  /** As `provider:model`. */
  models: names,
  /** Such as `claude` or `gpt`. */
  modelFamilies: names,
  /** Says that no model takes part: a person performs it, or a program that asks none. */
  kind: z.enum(['person', 'program']).optional(),
});

export type Principal = z.infer<typeof principalSchema>;

/** Whether it says that no model takes part, and names one. */
export function contradictsItself({ kind, models, modelFamilies }: Principal): boolean {
  return kind !== undefined && models.length + modelFamilies.length > 0;
}

/** What is wrong with a principal that contradicts itself. */
export const NO_MODELS = {
  path: ['kind'],
  message: 'a person or a program has no models; leave one of them out',
};

/** What a role adapter says of who performs it. */
export const declaredPrincipalSchema = principalSchema
  .extend({
    /** Who performs it, where that is not the runner's own worker. */
    worker: z.string().min(1).max(256).optional(),
  })
  .refine((principal) => !contradictsItself(principal), NO_MODELS);

export type DeclaredPrincipal = z.infer<typeof declaredPrincipalSchema>;

/** A person performs the work, without a model. */
export const PERSON: Principal = { models: [], modelFamilies: [], kind: 'person' };

/** A program performs it that asks no model. */
export const PROGRAM: Principal = { models: [], modelFamilies: [], kind: 'program' };

/** Who performed a phase. */
export const performerSchema = principalSchema.extend({ worker: z.string() });

export type Performer = Readonly<z.infer<typeof performerSchema>>;
