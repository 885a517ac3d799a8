import { z } from 'zod';
import { budgetsSchema } from '../model/budget.ts';
import type { JsonObject } from '../model/json.ts';
import { principalSchema } from '../model/principal.ts';
import { recordByName } from '../model/record-by-name.ts';
import { usageSchema } from '../model/usage.ts';

/** What a workflow file may say of a workflow. Keys that are not known are left out. */

export const count = z.int().nonnegative();
export const time = z.int().nonnegative();
export const text = z.string();
/** An id: stores separate what they index by NUL, and not all keep lone surrogates. */
export const id = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'));
/** What `defineWorkflow` takes for the name of a state or a role. */
export const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);
/** As it was parsed: a copy might lose keys that mean something to JavaScript. */
export const json = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'expected a JSON object',
);

const checkpoint = z.object({ commit: text, digest: text });

const limits = z.object({
  timeoutMs: count,
  maxRetries: count,
  maxAttempts: count,
  budgets: budgetsSchema.optional(),
});

const feedback = z.object({
  reason: text,
  details: text.optional(),
  fromState: name,
  fromRole: text,
  at: time,
});

const failure = z.object({
  state: name,
  phase: name,
  code: text,
  message: text,
  details: text.optional(),
  at: time,
});

const question = z.object({
  id: text,
  text,
  choices: z.array(text),
  askedInState: name,
  askedBy: text,
  askedAt: time,
  answer: z.object({ text, answeredBy: text, at: time }).optional(),
});

const awaiting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answers'), since: time }),
  z.object({
    kind: z.literal('approval'),
    since: time,
    to: name,
    role: name,
    approvers: z.array(text),
  }),
]);

const phaseUsage = usageSchema.extend({
  durationMs: count,
  unsettledTokens: count,
  unsettledCost: z.number().nonnegative(),
});

const performers = recordByName(z.array(principalSchema.extend({ worker: text })), name);

/** Without a claim: the right to go on does not travel. */
export const snapshotSchema = z.object({
  id,
  buildId: id,
  projectId: id,
  userId: id,
  definition: z.object({ name, version: count }),
  rules: z
    .object({ states: text, gates: text, outputs: text, approvals: text, separations: text })
    .optional(),
  state: name,
  role: name.optional(),
  revision: count.min(1),
  commitId: text.optional(),
  epoch: count.min(1),
  sequence: count,
  handoffs: count,
  retries: count,
  attempt: count,
  notBefore: time,
  requirements: json,
  metadata: json,
  limits,
  path: z
    .array(
      z.object({
        phase: name,
        enteredAt: time,
        checkpoint: checkpoint.optional(),
        performers: performers.optional(),
      }),
    )
    .min(1),
  outputs: recordByName(json, name),
  checkpoint: checkpoint.optional(),
  feedback: feedback.optional(),
  failure: failure.optional(),
  questions: z.array(question),
  questionsAsked: count,
  awaiting: awaiting.optional(),
  usage: recordByName(phaseUsage, name),
  performers,
  createdAt: time,
  updatedAt: time,
  enteredAt: time,
  deadline: time,
  completedAt: time.optional(),
});
