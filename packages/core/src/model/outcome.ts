import { z } from 'zod';
import { isStorable, jsonObjectSchema, STORABLE } from './json.ts';
import { name, record, text, texts, time } from './record-shape.ts';
import type { State } from './vocabulary.ts';

/** Questions to a person. */
export const questionsSchema = z
  .array(
    z.object({
      text: z
        .string()
        .min(1)
        .max(64 * 1024)
        .refine(isStorable, STORABLE),
      /** The answers to choose from; absent: any text. */
      choices: z
        .array(z.string().min(1).max(1024).refine(isStorable, STORABLE))
        .min(2)
        .max(50)
        .readonly()
        .optional(),
    }),
  )
  .min(1)
  .max(20)
  .readonly();

/** What a role adapter answers. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('advance'),
    /** The phase's output; checked by the phase's schema and gates. */
    result: jsonObjectSchema,
    /** Where a definition branches: which way to go. */
    nextState: z.string().min(1).optional(),
  }),
  z.object({
    kind: z.literal('request_retry'),
    /** Stable words: what must be done differently. */
    reason: z.string().min(1),
    /** Raw material, such as the failing output. */
    details: z.string().optional(),
    /** An earlier phase than the one the definition would choose. */
    targetState: z.string().min(1).optional(),
  }),
  z.object({
    kind: z.literal('ask'),
    /** What a person must answer before the assignment can be performed. */
    questions: questionsSchema,
  }),
  z.object({
    kind: z.literal('fail'),
    reason: z.string().min(1),
  }),
]);

/** What a role adapter may answer. */
export type Outcome = z.input<typeof outcomeSchema>;
/** An outcome that was checked. */
export type CheckedOutcome = z.output<typeof outcomeSchema>;

const answerSchema = record({ text, answeredBy: text, at: time });

/** Something that a role must know from a person before it can go on. */
export const questionSchema = record({
  /** Unique within the workflow. */
  id: text,
  text,
  /** The answers to choose from; empty: any text. */
  choices: texts,
  askedInState: name as z.ZodType<State>,
  askedBy: text,
  askedAt: time,
  /** Absent while it is open. */
  answer: answerSchema.optional(),
});

export type Question = z.infer<typeof questionSchema>;
export type Answer = z.infer<typeof answerSchema>;

/** An answered question as a role gets it with its assignment. */
export interface AnsweredQuestion {
  readonly question: string;
  readonly answer: string;
  readonly answeredBy: string;
}
