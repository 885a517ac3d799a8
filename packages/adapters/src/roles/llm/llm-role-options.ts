import { randomBytes } from 'node:crypto';
import { type Allowance, type Assignment, BatonError, type Clock } from '@baton/core';
import { systemClock } from '@baton/core/internal';
import type { UsageJournal } from '../../metering/usage-journal.ts';
import type { CassetteUse } from '../../model-cassette/cassette-session.ts';
import type { OutcomeReview } from '../review/outcome-review.ts';
import { claimedFilesReview } from '../review/reviews.ts';
import { checkModel, type ModelOptions } from './model-config.ts';
import type { RenderPrompt } from './prompts/prompt.ts';
import { renderPrompt } from './prompts/render-prompt.ts';
import { type RetryOptions, resolveRetry } from './retry.ts';
import { checkRolePrompt, type RolePrompt } from './role-prompt.ts';
import type { RoleTool } from './tools/role-tool.ts';
import type { AllowedCommand } from './tools/run-command-tool.ts';
import { type ToolName, toolSet } from './tools/tool-sets.ts';

/** Options of `createLlmRole`. */
export interface LlmRoleOptions {
  /** The role that the model performs. */
  readonly role: string;
  /** Models to call. The role uses the first one, and the next when a model is overloaded. */
  readonly models: readonly ModelOptions[];
  /** Models for single phases, by the name of the phase; used like `models`. */
  readonly phases?: Readonly<Record<string, readonly ModelOptions[]>> | undefined;
  /** Model calls of one attempt, 1 or more. Default 100. */
  readonly maxSteps?: number | undefined;
  /** How often an unusable answer goes back to the model, 0 or more. Default 3. */
  readonly maxRepairs?: number | undefined;
  /**
   * What one attempt uses at most. Limits on steps and answers do not bound it, because inputs grow. A budget
   * reserves it, and loses it when the process dies. Default: all that is left.
   */
  readonly reserve?: Allowance | undefined;
  /** Tools of the role. Default: those that the role needs; a role of a custom definition can read. */
  readonly tools?: readonly (ToolName | RoleTool)[] | undefined;
  /** Commands that `run_command` may run. Without any, the tool does not exist. */
  readonly commands?: readonly AllowedCommand[] | undefined;
  /** Reviews that an output must pass before it is accepted. Default: of the claimed files. */
  readonly reviews?: readonly OutcomeReview[] | undefined;
  /** How the role works with its tools; replaces that part of its prompt. */
  readonly guidance?: string | undefined;
  /**
   * The user's own text: appended to the system prompt, or in place of the description of the role and its
   * work. The rules about outcomes and data always stay. A note records its digest.
   */
  readonly rolePrompt?: RolePrompt | undefined;
  /** What later phases require of the work, such as gates and commands, one a line. Default: nothing. */
  readonly expectations?: readonly string[] | undefined;
  /**
   * Whether the role follows `AGENTS.md` and `CLAUDE.md` of the workspace, as they were at the start of the
   * build. Default: true for the Q Assistant and the Code Writer.
   */
  readonly repositoryGuidance?: boolean | undefined;
  /** Replaces the whole prompt. */
  readonly prompt?: RenderPrompt | undefined;
  /** When to repeat a failed model call. */
  readonly retry?: RetryOptions | undefined;
  /** Opens what keeps the counts of an attempt over a kill. Default: a kill loses them. */
  readonly openJournal?: ((assignment: Assignment) => UsageJournal) | undefined;
  /** Records what models answer, or answers in their place; not those that the caller has made. Default: neither. */
  readonly cassette?: CassetteUse | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Returns an unguessable text, a new one with each call. Default: 72 random bits. */
  readonly nonce?: (() => string) | undefined;
}

/** Judges follow no guidance from the files that they judge. */
const GUIDED: ReadonlySet<string> = new Set(['q_assistant', 'code_writer']);

export type ResolvedLlmRoleOptions = ReturnType<typeof resolveLlmRoleOptions>;

/**
 * Resolves the defaults; the only place that does.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 */
export function resolveLlmRoleOptions(options: LlmRoleOptions) {
  const { role, models, phases = {}, maxSteps = 100, maxRepairs = 3 } = options;
  const { tries, maxWaitMs } = resolveRetry(options.retry);
  for (const [where, list] of [['models', models] as const, ...Object.entries(phases)]) {
    if (list.length === 0) throw wrong(role, `${where} is empty, expected at least one model`);
    for (const model of list) checkModel(model);
  }
  for (const [name, value, least] of [
    ['maxSteps', maxSteps, 1],
    ['maxRepairs', maxRepairs, 0],
    ['retry.tries', tries, 1],
    ['retry.maxWaitMs', maxWaitMs, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw wrong(role, `${name} is ${value}, expected a whole number of at least ${least}`);
  }
  checkRolePrompt(role, options.rolePrompt);
  return {
    role,
    models,
    phases,
    maxSteps,
    maxRepairs,
    tries,
    maxWaitMs,
    reserve: options.reserve,
    tools: toolSet(role, options),
    reviews: options.reviews ?? [claimedFilesReview],
    guidance: options.guidance,
    rolePrompt: options.rolePrompt,
    expectations: options.expectations ?? [],
    repositoryGuidance: options.repositoryGuidance ?? GUIDED.has(role),
    prompt: options.prompt ?? renderPrompt,
    openJournal: options.openJournal,
    cassette: options.cassette,
    clock: options.clock ?? systemClock,
    nonce: options.nonce ?? (() => randomBytes(9).toString('base64url')),
  };
}

function wrong(role: string, problem: string): BatonError {
  return new BatonError('invalid_input', `the llm role '${role}': ${problem}`);
}
