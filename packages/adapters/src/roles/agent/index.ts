export { loadAgentPackages } from './agent-packages.ts';
export {
  AGENTS,
  type AgentName,
  type AgentProfile,
  type AgentSetup,
  type ModelEndpoint,
} from './agent-profile.ts';
export { createAgentRole } from './agent-role.ts';
export type { AgentRoleOptions, AttemptEndpoint } from './agent-role-options.ts';
export type { PermissionRule } from './permissions.ts';
