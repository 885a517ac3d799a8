import type { z } from 'zod';
import { name, record, text, texts, time } from './record-shape.ts';
import type { State } from './vocabulary.ts';

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
