import type { RoleAdapter } from '@baton/core';
import { type AgentRoleOptions, resolveAgentRoleOptions } from './agent-role-options.ts';

/**
 * A role that a coding agent performs: Claude Code, Codex, Gemini CLI, OpenCode, or another that speaks the Agent
 * Client Protocol. It works in the workspace with its own tools, and hands over by tools that it gets over MCP. When
 * `perform` settles, no process of it is left.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createAgentRole } from '@baton/adapters/agent';
 *
 * const codeWriter = createAgentRole({ role: 'code_writer', agent: 'claude' });
 */
export function createAgentRole(options: AgentRoleOptions): RoleAdapter {
  const resolved = resolveAgentRoleOptions(options);
  const { role, principal, reserve } = resolved;
  return {
    role,
    ...(principal !== undefined && { principal }),
    ...(reserve !== undefined && { reserve }),
    async perform(assignment, context) {
      // To load a server takes part of the time in which a command starts, and few commands perform.
      const { performWithAgent } = await import('./perform-with-agent.ts');
      return performWithAgent(resolved, assignment, context);
    },
  };
}
