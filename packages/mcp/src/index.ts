// Baton as an MCP server: what a host of it needs.

export { type BatonMcp, createBatonMcp } from './create-baton-mcp.ts';
export type { McpHttpHandler } from './http-handler.ts';
export { createMcpHttpHandler } from './http-handler.ts';
export type {
  BuildStarter,
  McpArtifacts,
  McpOperations,
  McpOptions,
  StartedBuild,
  WantedBuild,
} from './mcp-options.ts';
export { createProjectStarter } from './project-starter.ts';
export { type McpConnection, serveMcpStdio } from './stdio.ts';
export { createClaimDesk } from './work/claim-desk.ts';
export { createRoleDesk, type RoleDesk } from './work/role-desk.ts';
export type { SubmittedWork, TakenWork, WorkDesk, WorkWanted } from './work/work-desk.ts';
