import { randomBytes } from 'node:crypto';
import type { Assignment } from '@baton/core';
import { createFence } from '../llm/fence.ts';
import { guidanceFor } from '../llm/prompts/guidance.ts';
import { renderPrompt } from '../llm/prompts/render-prompt.ts';
import type { RolePrompt } from '../llm/role-prompt.ts';

export interface AgentPrompts {
  /** The assignment; for a session that goes on, without what it knows already. */
  first(isContinued: boolean): string;
  /** For a turn that ended without an outcome. */
  readonly handOver: string;
}

const CONTINUED =
  'Your assignment comes to you again. Your earlier work on it may have been changed or withdrawn since: look at the files before you rely on what you remember. What follows is what counts now.';

const handOver = (askTool: string) =>
  `Your turn ended without an outcome. End your assignment now by one call of \`submit\`, \`request_retry\`, \`${askTool}\` or \`fail\` of the MCP server \`baton\`; only where you have no such tools, by one JSON object at the end of your message.`;

/** An agent has no system prompt that is ours: all is said in the first message. */
export function createAgentPrompts(
  assignment: Assignment,
  texts: {
    readonly rolePrompt: RolePrompt | undefined;
    readonly expectations: readonly string[];
    readonly askTool: string;
  },
): AgentPrompts {
  const { system, user } = renderPrompt(assignment, {
    ...texts,
    fence: createFence(randomBytes(9).toString('base64url')),
    tools: [],
    isAgent: true,
    guidance: guidanceFor(assignment.role, assignment.definition.name),
  });
  return {
    first: (isContinued) => `${isContinued ? `${CONTINUED}\n\n` : ''}${system}\n\n${user}`,
    handOver: handOver(texts.askTool),
  };
}
