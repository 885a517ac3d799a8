import type { Assignment } from '@baton/core';
import type { Fence } from '../fence.ts';
import type { RolePrompt } from '../role-prompt.ts';

/** What a model reads first. */
export interface Prompt {
  /** The role, how it works, and what counts as an instruction. */
  readonly system: string;
  /** The assignment. */
  readonly user: string;
}

/** What a prompt is rendered with, beside the assignment. */
export interface PromptContext {
  /** Wraps untrusted text: requirements, outputs of other roles, feedback, answers. */
  readonly fence: Fence;
  /** Names of the model's tools, without those that end the assignment. */
  readonly tools: readonly string[];
  /** Whether it brings tools of its own, and hands over by the tools that agents get. Default: false. */
  readonly isAgent?: boolean;
  /** How the role works with its tools. */
  readonly guidance: string;
  /** The user's instructions for the role. */
  readonly rolePrompt?: RolePrompt | undefined;
  /** What later phases require of the work, one requirement a line. */
  readonly expectations?: readonly string[];
  /** The repository's guides, fenced; undefined when they do not guide the role. */
  readonly repositoryGuides?: string | undefined;
}

/** Renders the prompt of an assignment. */
export type RenderPrompt = (assignment: Assignment, context: PromptContext) => Prompt;

/** How the tools that end an assignment are called. */
export function outcomeNames({ isAgent }: Pick<PromptContext, 'isAgent'>) {
  return isAgent ? { advance: 'submit', ask: 'ask_user' } : { advance: 'advance', ask: 'ask' };
}
