import type { Operations } from '@baton/builds';
import type { WorkflowStatus } from '@baton/core';

/** How a person is asked: a line of text, without the blanks around it. */
export interface Prompt {
  say(text: string): void;
  /** @throws an AbortError when what is asked is settled, or when nothing more comes. */
  line(question: string): Promise<string>;
}

/** What it takes to ask somebody about a build. */
export interface PartsToAsk {
  readonly operations: Operations;
  readonly person: string;
  readonly status: WorkflowStatus;
  readonly prompt: Prompt;
}
