import type { DefinitionDescription } from '@baton/core';
import { McpServer, type McpServerFactory } from '@modelcontextprotocol/server';
import type { McpOptions } from './mcp-options.ts';
import { addPrompts } from './prompts.ts';
import { addResources } from './resources.ts';
import { addBuildTools } from './tools/build-tools.ts';
import { addDecisionTools } from './tools/decision-tools.ts';
import { createWaits } from './tools/waits.ts';
import { addWorkTools } from './tools/work-tools.ts';

/** Makes an MCP server for each connection or request. */
export type BatonMcp = McpServerFactory;

const INSTRUCTIONS = `Baton carries a build through fixed states: roles hand work to each other, and gates check each handoff.
Start a build with start_build, follow it with wait_for_change. To perform a role yourself: take_work, do what the
assignment says (in the folder that it names, if it names one), then submit_work. Work that is not accepted comes
back with the reasons: correct it and submit again. Questions and approvals are for your person, not for you.`;

/** What is offered stays the same: a subscription to changes ends at once. */
const CAPABILITIES = {
  tools: { listChanged: false },
  resources: { listChanged: false },
  prompts: { listChanged: false },
};

/**
 * Baton as an MCP server: twelve tools, resources and prompts, for clients of the protocol of 2025 and of 2026.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createBatonMcp, createClaimDesk, createProjectStarter, serveMcpStdio } from '@baton/mcp';
 * const operations = createOrchestrator({ store: await createMemoryStore() });
 * const mcp = createBatonMcp({
 *   operations,
 *   startBuild: createProjectStarter(operations),
 *   desk: createClaimDesk(operations),
 * });
 * serveMcpStdio(mcp);
 */
export function createBatonMcp(options: McpOptions): BatonMcp {
  let definition: Promise<DefinitionDescription> | undefined;
  const waits = createWaits(options.ending);
  return async () => {
    // Asked once: over HTTP there is a server for each request.
    definition ??= Promise.resolve(options.operations.describeDefinition({}));
    const { roles } = await definition.catch((reason) => {
      definition = undefined;
      throw reason;
    });
    const server = new McpServer(
      { name: 'baton', title: 'Baton', version: options.version ?? '0' },
      { instructions: INSTRUCTIONS, capabilities: CAPABILITIES },
    );
    addBuildTools(server, options, waits);
    addDecisionTools(server, options);
    addWorkTools(server, options, waits);
    addResources(server, options);
    addPrompts(server, roles);
    return server;
  };
}
