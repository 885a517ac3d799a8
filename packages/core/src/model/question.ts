import type { State } from './vocabulary.ts';

/** Something that a role must know from a person before it can go on. */
export interface Question {
  /** Unique within the workflow. */
  readonly id: string;
  readonly text: string;
  /** The answers to choose from; empty: any text. */
  readonly choices: readonly string[];
  readonly askedInState: State;
  readonly askedBy: string;
  readonly askedAt: number;
  /** Absent while it is open. */
  readonly answer: Answer | undefined;
}

export interface Answer {
  readonly text: string;
  readonly answeredBy: string;
  readonly at: number;
}

/** An answered question as a role gets it with its assignment. */
export interface AnsweredQuestion {
  readonly question: string;
  readonly answer: string;
  readonly answeredBy: string;
}
