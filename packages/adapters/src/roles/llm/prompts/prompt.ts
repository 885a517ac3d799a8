import type { Assignment } from '@baton/core';
import type { Fence } from '../fence.ts';

/** What a model is told before it begins. */
export interface Prompt {
  /** Who it is, how it works, what counts as an instruction. */
  readonly system: string;
  /** The assignment. */
  readonly user: string;
}

/** What a prompt is rendered with, beside the assignment. */
export interface PromptContext {
  /** Wraps text that nobody vouches for: requirements, outputs of others, feedback, answers. */
  readonly fence: Fence;
  /** Names of the tools that the model has, those that end the assignment aside. */
  readonly tools: readonly string[];
  /** How the role works with its tools. */
  readonly guidance: string;
}

/** Renders the prompt of an assignment. The assignment's secrets are masked already. */
export type RenderPrompt = (assignment: Assignment, context: PromptContext) => Prompt;
