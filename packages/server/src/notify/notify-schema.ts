import { type Notifier, OCCASIONS } from '@baton/core';
import { z } from 'zod';
import {
  endpointShape,
  projectsShape,
  refuseOpen,
  targetName,
} from '../webhooks/webhook-schema.ts';

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable');

/** `{user}` stands for the id of the user whose build it is, below a domain that the operator names. */
const mailbox = z
  .string()
  .max(320)
  .regex(
    /^[^\s@<>,;:"\\()[\]]+@[A-Za-z0-9.-]+$/,
    'expected an address such as team@example.com, or {user}@example.com',
  );

const email = z.strictObject({
  smtpUrlEnv: variable.describe('The variable with the smtp: or smtps: URL of the mail server'),
  from: z.string().min(1).max(320).describe('Whom it comes from'),
  to: z.array(mailbox).min(1).max(50).describe('Whom it goes to'),
});

const chat = z.strictObject({
  urlEnv: variable.describe('The variable with the URL of the incoming webhook'),
  allowPrivate: z.boolean().default(false).describe('Whether it may be in a private network'),
});

const webhook = z.strictObject(endpointShape).superRefine(refuseOpen);

const KINDS = ['email', 'chat', 'webhook', 'notifier'] as const;

/** `notify` of the policies. */
export const notifySchema = z
  .array(
    z
      .strictObject({
        name: targetName,
        on: z
          .array(z.enum(OCCASIONS))
          .min(1)
          .default([...OCCASIONS])
          .describe('Occasions. Default: all'),
        projects: projectsShape,
        email: email.optional(),
        chat: chat.optional(),
        webhook: webhook.optional(),
        notifier: z
          // Not z.custom: that has no place in the JSON Schema of the policies.
          .any()
          .refine(isNotifier, 'expected an object with the method notify, from a module')
          .optional(),
      })
      .superRefine((entry, context) => {
        const found = KINDS.filter((kind) => entry[kind] !== undefined);
        if (found.length === 1) return;
        const message = `found ${found.join(' and ') || 'none'}; expected one of ${KINDS.join(', ')}`;
        context.addIssue({ code: 'custom', message });
      }),
  )
  .max(100);

export type NotifySettings = Omit<z.output<typeof notifySchema>[number], 'notifier'> & {
  readonly notifier?: Notifier;
};

export type EmailSettings = z.output<typeof email>;

/** Goes into commands for a shell, and into links. */
export const publicUrlSchema = z
  .string()
  .regex(
    /^https?:\/\/[\w.:[\]-]+(\/[\w./-]*[\w-])?$/,
    'expected the URL of the HTTP port without a final slash, such as https://baton.example.com',
  );

function isNotifier(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'notify' in value &&
    typeof value.notify === 'function'
  );
}
