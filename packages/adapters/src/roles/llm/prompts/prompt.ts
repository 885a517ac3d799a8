import type { Assignment } from '@baton/core';
import type { Fence } from '../fence.ts';
import type { RolePrompt } from '../role-prompt.ts';

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
  /** Whether it brings tools of its own, and hands over by the tools that agents get. Default: false. */
  readonly isAgent?: boolean;
  /** How the role works with its tools. */
  readonly guidance: string;
  /** What the user says of how the role works. */
  readonly rolePrompt?: RolePrompt | undefined;
  /** What later phases demand of the work, in lines. */
  readonly expectations?: readonly string[];
  /** What the repository says of how to work in it, fenced; undefined: the role is not guided by it. */
  readonly repositoryGuides?: string | undefined;
}

/** Renders the prompt of an assignment. The assignment's secrets are masked already. */
export type RenderPrompt = (assignment: Assignment, context: PromptContext) => Prompt;

/** How the tools that end an assignment are called. */
export function outcomeNames({ isAgent }: Pick<PromptContext, 'isAgent'>) {
  return isAgent ? { advance: 'submit', ask: 'ask_user' } : { advance: 'advance', ask: 'ask' };
}
