import type { State } from './vocabulary.ts';

/** What a workflow needs of people. Times are milliseconds since the Unix epoch. */

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

/** Why a workflow waits for a person. Its time limit stands still meanwhile. */
export type Awaiting =
  | { readonly kind: 'answers'; readonly since: number }
  | {
      readonly kind: 'approval';
      readonly since: number;
      /** The transition that needs the approval leads from the current state to this one. */
      readonly to: State;
      /** The role that has finished the state. */
      readonly role: string;
      /** Who may decide; empty: anybody who is not a role. */
      readonly approvers: readonly string[];
    };
