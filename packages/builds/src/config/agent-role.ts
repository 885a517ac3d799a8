import type { AgentProfile } from '@baton/adapters/agent';
import type { CassetteUse, UsageJournal } from '@baton/adapters/gateway';
import { principalOf } from '@baton/adapters/llm';
import type { Assignment } from '@baton/core';
import { agentGateway } from './agent-gateway.ts';
import { withFolder } from './commands-of.ts';
import { expectationsOf } from './expectations-of.ts';
import { reviewsOf } from './held-to-reviews.ts';
import type { Config } from './load-config.ts';
import { loadPrompt } from './load-prompt.ts';
import { fallbackChain } from './model-options.ts';
import type { Performer } from './model-role.ts';
import { toPrincipal } from './principal-schema.ts';
import type { RoleEntry, RoleName } from './role-schema.ts';

export interface AgentRoleContext {
  readonly config: Config;
  /** Variables that hold the API keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the folder where agents keep their sessions. */
  readonly homes: string;
  /** Whether what models answer is recorded or replayed. */
  readonly models: CassetteUse | undefined;
  readonly openJournal: ((assignment: Assignment) => UsageJournal) | undefined;
}

/** Makes the role that a coding agent performs. Loaded when needed: few builds use all kinds of roles. */
export async function loadAgentRole(
  role: RoleName,
  entry: RoleEntry & { readonly agent: NonNullable<RoleEntry['agent']> },
  { config, env: variables, homes, openJournal, models }: AgentRoleContext,
): Promise<Performer> {
  const { AGENTS, createAgentRole, loadAgentPackages } = await import('@baton/adapters/agent');
  await loadAgentPackages();
  const { limits = {}, passEnv = [], sandbox } = entry;
  const agent = entry.agent === 'custom' ? customAgent(entry.command) : entry.agent;
  const profile = typeof agent === 'string' ? AGENTS[agent] : agent;
  const command = entry.command ?? profile.command;
  const chain = entry.model === undefined ? [] : fallbackChain(entry.model, config, variables);
  const [first] = chain;
  const openEndpoint =
    first &&
    agentGateway({ field: `roles.${role}.model`, profile, chain, openJournal, cassette: models });
  const rolePrompt = await loadPrompt(role, entry, config.folder);
  return ({ env, walls }, definition) =>
    createAgentRole({
      ...{ role, agent, rolePrompt, homes, openEndpoint },
      model: first?.model,
      command: withFolder(command, config.folder),
      mode: entry.mode,
      env: { ...env, ...entry.env },
      passEnv: [...config.environment, ...passEnv],
      permissions: entry.permissions,
      continueOnRetry: entry.continueOnRetry,
      limits: {
        corrections: limits.corrections,
        timeoutMs: limits.timeoutSeconds && limits.timeoutSeconds * 1000,
      },
      reserve: entry.reserve,
      principal: toPrincipal(entry.principal) ?? (first && principalOf(chain)),
      confinement: walls('role', { argv: command, sandbox }, `roles.${role}`),
      reviews: reviewsOf(role, config),
      expectations: expectationsOf(role, config, definition),
    });
}

/** An agent that Baton does not know brings its own settings. */
function customAgent(command: readonly string[] = []): AgentProfile {
  return {
    title: command[0] ?? '',
    command,
    install: [],
    env: ({ model, endpoint }) => ({
      ...(model !== undefined && { BATON_MODEL: model }),
      ...(endpoint && { BATON_MODEL_URL: endpoint.url, BATON_MODEL_TOKEN: endpoint.key }),
    }),
  };
}
