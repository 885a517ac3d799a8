import {
  type Allowance,
  type Assignment,
  BatonError,
  type DeclaredPrincipal,
  type RoleContext,
} from '@baton/core';
import { NO_ALLOWANCE } from '@baton/core/internal';
import type { Confinement } from '../../sandbox/wall.ts';
import { principalOf } from '../llm/principal.ts';
import { checkRolePrompt, type RolePrompt } from '../llm/role-prompt.ts';
import type { OutcomeReview } from '../review/outcome-review.ts';
import { claimedFilesReview } from '../review/reviews.ts';
import { AGENTS, type AgentName, type AgentProfile, type ModelEndpoint } from './agent-profile.ts';
import type { PermissionRule } from './permissions.ts';

/** An endpoint for the models of one attempt, to be closed when the attempt is over. */
export interface AttemptEndpoint extends ModelEndpoint {
  /** What kept it from answering, told when the agent ends without an outcome. Default: nothing. */
  failure?(): BatonError | undefined;
  close(): Promise<void>;
}

export interface AgentRoleOptions {
  readonly role: string;
  /** One that Baton knows, or how another is started. */
  readonly agent: AgentName | AgentProfile;
  /** The program and its arguments, in place of those of the agent. */
  readonly command?: readonly string[] | undefined;
  /** As the agent names it. Default: the agent's own default. */
  readonly model?: string | undefined;
  /** The session mode, as the agent names it. Default: the mode that suits the agent. */
  readonly mode?: string | undefined;
  /** Variables to set for the agent; they win over what Baton sets. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[] | undefined;
  /** Answers to what the agent asks permission for. Default: everything is allowed; the wall confines it. */
  readonly permissions?: readonly PermissionRule[] | undefined;
  /** Whether a retry goes on with the conversation of the attempt before. Default true. */
  readonly continueOnRetry?: boolean | undefined;
  readonly limits?:
    | {
        /** Milliseconds until an attempt is ended. Default: the assignment's deadline alone. */
        readonly timeoutMs?: number | undefined;
        /** How often an answer that cannot be used goes back to the agent. Default 3. */
        readonly corrections?: number | undefined;
      }
    | undefined;
  /** Absolute path of the folder where agents keep their sessions. Default: nothing outlives an attempt. */
  readonly homes?: string | undefined;
  /** Opens what the agent asks its models by, such as a model gateway. Default: its own login. */
  readonly openEndpoint?:
    | ((assignment: Assignment, context: RoleContext) => Promise<AttemptEndpoint>)
    | undefined;
  /** What one attempt uses at most. Default: with `openEndpoint` all that is left, else nothing. */
  readonly reserve?: Allowance | undefined;
  /** Who is behind it, for separation of duties. Default: the agent's family, and its model. */
  readonly principal?: DeclaredPrincipal | undefined;
  /** What it is held to. Default: nothing; it may do what Baton's own process may. */
  readonly confinement?: Confinement | undefined;
  /** What an output must stand up to before it is accepted. Default: the claimed files. */
  readonly reviews?: readonly OutcomeReview[] | undefined;
  /** Text of the user's own, beside or in place of what Baton says of how the role works. */
  readonly rolePrompt?: RolePrompt | undefined;
  /** What later phases demand of the work, in lines. */
  readonly expectations?: readonly string[] | undefined;
}

export type ResolvedAgentRoleOptions = ReturnType<typeof resolveAgentRoleOptions>;

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 */
export function resolveAgentRoleOptions(options: AgentRoleOptions) {
  const { role, agent, limits = {}, openEndpoint } = options;
  if (typeof agent === 'string' && !Object.hasOwn(AGENTS, agent)) {
    const legal = Object.keys(AGENTS);
    const message = `the agent role '${role}': there is no agent '${agent}'; agents: ${legal.join(', ')}`;
    throw new BatonError('invalid_input', message, { legal });
  }
  const profile: AgentProfile = typeof agent === 'string' ? AGENTS[agent] : agent;
  const { corrections = 3, timeoutMs } = limits;
  if (!Number.isInteger(corrections) || corrections < 0) {
    throw wrong(
      role,
      `limits.corrections is ${corrections}, expected a whole number of at least 0`,
    );
  }
  if (timeoutMs !== undefined && !(timeoutMs > 0)) {
    throw wrong(role, `limits.timeoutMs is ${timeoutMs}, expected a number above 0`);
  }
  checkRolePrompt(role, options.rolePrompt);
  const model = options.model ?? profile.defaultModel;
  if (openEndpoint !== undefined && model === undefined && agent === 'opencode') {
    throw wrong(role, 'model is missing, which OpenCode needs with an endpoint of its own');
  }
  return {
    ...{ role, profile, model, corrections, timeoutMs, openEndpoint },
    name: typeof agent === 'string' ? agent : profile.title,
    argv: options.command ?? profile.command,
    mode: options.mode ?? profile.mode,
    env: options.env ?? {},
    passEnv: options.passEnv,
    permissions: options.permissions ?? [],
    continues: options.continueOnRetry ?? true,
    homes: options.homes,
    reserve: options.reserve ?? (openEndpoint === undefined ? NO_ALLOWANCE : undefined),
    principal: options.principal ?? principalOfAgent(profile, model),
    confinement: options.confinement,
    reviews: options.reviews ?? [claimedFilesReview],
    rolePrompt: options.rolePrompt,
    expectations: options.expectations ?? [],
  };
}

function wrong(role: string, problem: string): BatonError {
  return new BatonError('invalid_input', `the agent role '${role}': ${problem}`);
}

function principalOfAgent(
  { api, family }: AgentProfile,
  model: string | undefined,
): DeclaredPrincipal | undefined {
  const provider = api === 'gemini' ? 'google' : api;
  if (model !== undefined && provider !== undefined) return principalOf([{ provider, model }]);
  return family === undefined ? undefined : { models: [], modelFamilies: [family] };
}
