import { EVENT_TYPES } from '@baton/core';
import { z } from 'zod';

/** The name of a target of deliveries. */
export const targetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected 1 to 64 of a-z, 0-9 and -');

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable');

export const projectsShape = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe('Ids of projects. Default: all');

/** Where signed messages are posted to. */
export const endpointShape = {
  url: z
    .string()
    .refine(isHttpUrl, 'expected an https: URL, or with allowPrivate an http: one')
    .describe('Where to post to'),
  secretEnv: z
    .union([variable, z.array(variable).min(1).max(5)])
    .describe('The variables of the environment that hold the secrets, the newest first'),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe('Whether it may be on this machine or in a private network, and use http:'),
};

/** `webhooks` of the policies. */
export const webhooksSchema = z
  .array(
    z
      .strictObject({
        name: targetName,
        ...endpointShape,
        events: z
          .array(z.enum(EVENT_TYPES))
          .min(1)
          .optional()
          .describe('Types of events. Default: all'),
        projects: projectsShape,
      })
      .superRefine(refuseOpen),
  )
  .max(100);

export type WebhookSettings = z.output<typeof webhooksSchema>[number];

/** Plain HTTP is read and changed by all that it passes. */
export function refuseOpen(
  { url, allowPrivate }: { readonly url: string; readonly allowPrivate: boolean },
  context: z.core.$RefinementCtx,
): void {
  if (allowPrivate || !url.startsWith('http:')) return;
  const message = 'found an http: URL; expected an https: one, or allowPrivate: true';
  context.addIssue({ code: 'custom', path: ['url'], message });
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && username === '' && password === '';
}
