import { randomBytes } from 'node:crypto';
import { type Allowance, BatonError, type Clock } from '@baton/core';
import { systemClock } from '@baton/core/internal';
import type { Redact } from '../../secrets/create-redactor.ts';
import { claimedFilesReview } from '../review/claimed-files-review.ts';
import type { OutcomeReview } from '../review/outcome-review.ts';
import { checkModel } from './check-model.ts';
import type { ModelOptions } from './model-config.ts';
import type { RenderPrompt } from './prompts/prompt.ts';
import { renderPrompt } from './prompts/render-prompt.ts';
import { checkRolePrompt, type RolePrompt } from './role-prompt.ts';
import type { RoleTool } from './tools/role-tool.ts';
import type { AllowedCommand } from './tools/run-command-tool.ts';
import { type ToolName, toolSet } from './tools/tool-sets.ts';

/** Options of `createLlmRole`. */
export interface LlmRoleOptions {
  readonly role: string;
  /** The first is used; the others, in their order, when those before are overloaded. */
  readonly models: readonly ModelOptions[];
  /** Other models for single phases, by name, in the same manner. */
  readonly phases?: Readonly<Record<string, readonly ModelOptions[]>> | undefined;
  /** Model calls of one attempt. Default 100. */
  readonly maxSteps?: number | undefined;
  /** How often an answer that cannot be used goes back to the model. Default 3. */
  readonly maxRepairs?: number | undefined;
  /**
   * What one attempt uses at most, of which no limit on steps and answers tells: inputs grow. Under a
   * budget it is set aside, and lost when the process dies. Default: all that is left.
   */
  readonly reserve?: Allowance | undefined;
  /** Default: what the role needs (a role of a custom definition can read). */
  readonly tools?: readonly (ToolName | RoleTool)[] | undefined;
  /** What `run_command` may run; without any, there is no such tool. */
  readonly commands?: readonly AllowedCommand[] | undefined;
  /** What an output must stand up to before it is accepted. Default: the claimed files. */
  readonly reviews?: readonly OutcomeReview[] | undefined;
  /** How the role works with its tools, in place of what its prompt says by default. */
  readonly guidance?: string | undefined;
  /**
   * Text of the user's own: appended to the system prompt, or in place of what the role is and how it
   * works. How it ends and what is only data stands there all the same. Noted with its digest.
   */
  readonly rolePrompt?: RolePrompt | undefined;
  /** What later phases demand of the work, in lines, such as their gates and commands. Default: none. */
  readonly expectations?: readonly string[] | undefined;
  /**
   * Whether the `AGENTS.md` and `CLAUDE.md` of the workspace, as the build began with them, guide the
   * role. Default: those of the Q Assistant and the Code Writer.
   */
  readonly repositoryGuidance?: boolean | undefined;
  /** Replaces the whole prompt. */
  readonly prompt?: RenderPrompt | undefined;
  /**
   * Masks secrets in all that goes to the model, and in progress, notes, outcomes and errors. Default:
   * as the runner does.
   */
  readonly redact?: Redact | undefined;
  readonly retry?:
    | {
        /** Calls of one model before it is given up. Default 3. */
        readonly tries?: number;
        /** Longest wait before a call is tried again, in milliseconds. Default 60,000. */
        readonly maxWaitMs?: number;
      }
    | undefined;
  readonly clock?: Clock | undefined;
  /** Unguessable text, different every time. */
  readonly nonce?: (() => string) | undefined;
}

/** Judges look at what is there, not at what it says of itself. */
const GUIDED: ReadonlySet<string> = new Set(['q_assistant', 'code_writer']);

export type ResolvedLlmRoleOptions = ReturnType<typeof resolveLlmRoleOptions>;

/**
 * The one place where defaults are decided.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 */
export function resolveLlmRoleOptions(options: LlmRoleOptions) {
  const { role, models, phases = {}, maxSteps = 100, maxRepairs = 3 } = options;
  const { tries = 3, maxWaitMs = 60_000 } = options.retry ?? {};
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
    redact: options.redact,
    clock: options.clock ?? systemClock,
    nonce: options.nonce ?? (() => randomBytes(9).toString('base64url')),
  };
}

function wrong(role: string, problem: string): BatonError {
  return new BatonError('invalid_input', `the llm role '${role}': ${problem}`);
}
