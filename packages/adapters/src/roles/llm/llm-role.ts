import type { Assignment, Outcome, RoleAdapter, RoleContext } from '@baton/core';
import { createLedger } from '../../metering/ledger.ts';
import type { UsageJournal } from '../../metering/usage-journal.ts';
import { cassetteFetch } from '../../model-cassette/cassette-fetch.ts';
import {
  type CassetteSession,
  openCassetteSession,
  useFor,
} from '../../model-cassette/cassette-session.ts';
import { createCompaction } from './compaction.ts';
import { createTokenEstimate, roundCharactersOf } from './context-window.ts';
import { converse } from './conversation.ts';
import { createModel } from './create-model.ts';
import { createFallbackChain } from './fallback-chain.ts';
import { createFence } from './fence.ts';
import {
  type LlmRoleOptions,
  type ResolvedLlmRoleOptions,
  resolveLlmRoleOptions,
} from './llm-role-options.ts';
import { loadSdk } from './load-package.ts';
import { type ChainModel, createMeteredCall } from './metered-call.ts';
import type { ModelOptions } from './model-config.ts';
import { outcomeTools } from './outcome-tools.ts';
import { modelName, principalOf } from './principal.ts';
import { guidanceFor } from './prompts/guidance.ts';
import { createRepositoryGuide } from './repository-guide.ts';
import { promptNote } from './role-prompt.ts';
import { toolPlace } from './tools/role-tool.ts';

/**
 * A role that a language model performs. The model works in the workspace with the tools of its role and ends
 * the assignment with a tool call, whose arguments are checked. Evidence from the model is never accepted.
 * The role can also be the author of a role in `@baton/adapters/checks`.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createLlmRole } from '@baton/adapters/llm';
 * const writer = createLlmRole({
 *   role: 'code_writer',
 *   models: [{ provider: 'anthropic', model: 'claude-sonnet-4-5' }],
 * });
 */
export function createLlmRole(options: LlmRoleOptions): RoleAdapter {
  const resolved = resolveLlmRoleOptions(options);
  const { role, models, phases, reserve } = resolved;
  const made = new Map<ModelOptions, Promise<ChainModel>>();

  /** Creates each model once, when it is first needed; with a cassette for each attempt. */
  function lineModel(
    config: ModelOptions,
    session: CassetteSession | undefined,
  ): Promise<ChainModel> {
    const known = made.get(config);
    if (known !== undefined) return known;
    const ask = session && cassetteFetch(session, modelName(config));
    const making = createModel(config, ask).then((languageModel) => ({
      options: config,
      languageModel,
    }));
    if (session === undefined) made.set(config, making);
    return making;
  }

  return {
    role,
    principal: principalOf([...models, ...Object.values(phases).flat()]),
    reserve,
    async perform(assignment, context) {
      const configs = phases[assignment.state] ?? models;
      const journal = resolved.openJournal?.(assignment);
      try {
        const session =
          resolved.cassette &&
          openCassetteSession(
            useFor(resolved.cassette, assignment, context),
            context.redact ?? ((text) => text),
          );
        const line = await Promise.all(configs.map((config) => lineModel(config, session)));
        return await perform(resolved, line, assignment, context, journal);
      } finally {
        journal?.close();
      }
    },
  };
}

async function perform(
  options: ResolvedLlmRoleOptions,
  models: readonly ChainModel[],
  assignment: Assignment,
  context: RoleContext,
  journal: UsageJournal | undefined,
): Promise<Outcome> {
  const { clock, tries, maxWaitMs, maxSteps, maxRepairs, reviews } = options;
  const { rolePrompt, expectations } = options;
  const { deadline, allowance, role, definition } = assignment;
  const guidance = options.guidance ?? guidanceFor(role, definition.name);
  const fence = createFence(options.nonce());
  const place = toolPlace(context);
  const tools = place === undefined ? [] : options.tools;
  const ledger = createLedger({ allowance, report: context.usage, journal });
  const estimate = createTokenEstimate();
  const call = createMeteredCall({ sdk: await loadSdk(), ledger, estimate, context });
  const compaction = createCompaction({
    estimate,
    onCompacted: (model, before, after) =>
      context.progress(
        `earlier tool results are left out for ${modelName(model)}: the conversation had ${before} bytes and has ${after}`,
      ),
  });
  const guide =
    place !== undefined && options.repositoryGuidance
      ? createRepositoryGuide(place, fence)
      : undefined;
  if (rolePrompt !== undefined) context.note(promptNote(options.role, rolePrompt));
  const { system, user } = options.prompt(assignment, {
    fence,
    tools: tools.map(({ name }) => name),
    guidance,
    rolePrompt,
    expectations,
    repositoryGuides: await guide?.on(['.']),
  });
  return converse({
    assignment,
    context,
    prompt: { system, user },
    line: createFallbackChain({
      call,
      compaction,
      models,
      context,
      clock,
      tries,
      maxWaitMs,
      deadline,
    }),
    tools,
    outcomes: outcomeTools(assignment),
    reviews,
    fence,
    place,
    guide,
    maxRoundCharacters: roundCharactersOf(models.map((model) => model.options)),
    maxSteps,
    maxRepairs,
  });
}
