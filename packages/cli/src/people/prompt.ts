import type { Operations } from '@baton/builds';
import type { WorkflowStatus } from '@baton/core';

/** Asks a person for lines of text. Lines are trimmed. */
export interface Prompt {
  say(text: string): void;
  /** @throws an AbortError when the question is settled, or when the input ends. */
  line(question: string): Promise<string>;
}

/** What a prompt about a build needs. */
export interface PartsToAsk {
  readonly operations: Operations;
  readonly person: string;
  readonly status: WorkflowStatus;
  readonly prompt: Prompt;
}
