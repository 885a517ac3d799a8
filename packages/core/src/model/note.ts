import { z } from 'zod';
import { isStorable, STORABLE } from './json.ts';

/**
 * Something about an attempt that the audit trail must keep, such as a claim that was not borne out
 * by what was run.
 */
export const noteSchema = z.strictObject({
  /** Stable, in snake_case, such as `claim_replaced`. */
  code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'expected snake_case'),
  message: z
    .string()
    .min(1)
    .max(64 * 1024)
    .refine(isStorable, STORABLE),
});

export type Note = z.infer<typeof noteSchema>;
