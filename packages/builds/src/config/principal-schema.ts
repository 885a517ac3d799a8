import type { DeclaredPrincipal } from '@baton/core';
import { z } from 'zod';
import { text } from './argv-schema.ts';

const model = text
  .max(256)
  .regex(/^[^\s:]+:\S+$/, 'expected provider:model, such as anthropic:claude-x');

/** Declares who is behind a command or module role. Baton cannot find that out itself. */
export const principalEntry = z
  .strictObject({
    models: z
      .array(model)
      .min(1)
      .max(32)
      .optional()
      .describe('Models that take part, as provider:model'),
    families: z
      .array(text.max(256))
      .min(1)
      .max(32)
      .optional()
      .describe('Their families, such as claude or gpt'),
    kind: z
      .enum(['person', 'program'])
      .optional()
      .describe('No model takes part: a person performs it, or a program that asks none'),
    worker: text
      .max(256)
      .optional()
      .describe("Who performs it, by name. Default: the run's own process"),
  })
  .superRefine(({ models, families, kind, worker }, context) => {
    const named = models ?? families;
    if (kind !== undefined && named !== undefined) {
      const message = `a ${kind} has no models: goes without models and families`;
      context.addIssue({ code: 'custom', path: ['kind'], message });
    }
    if ((kind ?? named ?? worker) !== undefined) return;
    const message = 'found nothing; expected models, families, kind or worker';
    context.addIssue({ code: 'custom', message });
  });

/** Converts an entry to core's form. Undefined when nothing is declared. */
export function toPrincipal(
  entry: z.output<typeof principalEntry> | undefined,
): DeclaredPrincipal | undefined {
  if (entry === undefined) return undefined;
  const { models = [], families = [], kind, worker } = entry;
  return {
    models,
    modelFamilies: families,
    ...(kind !== undefined && { kind }),
    ...(worker !== undefined && { worker }),
  };
}
