import type { CassetteUse, UsageJournal } from '@baton/adapters/gateway';
import type { AllowedCommand } from '@baton/adapters/llm';
import type { Assignment, DefinitionDescription, RoleAdapter } from '@baton/core';
import { type CommandEntry, type CommandMaker, checkOf } from './check-of.ts';
import type { Purpose } from './commands-of.ts';
import { expectationsOf } from './expectations-of.ts';
import { reviewsOf } from './held-to-reviews.ts';
import type { Config } from './load-config.ts';
import { loadPrompt } from './load-prompt.ts';
import { fallbackChain } from './model-options.ts';
import type { RoleEntry, RoleName } from './role-schema.ts';

/** Makes a role, for a build that runs by this definition. */
export type Performer = (maker: CommandMaker, definition: DefinitionDescription) => RoleAdapter;

export interface ModelRoleOptions {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether what models answer is recorded or replayed. */
  readonly models: CassetteUse | undefined;
  readonly openJournal: ((assignment: Assignment) => UsageJournal) | undefined;
}

/** Makes the role that a model performs. Loaded when needed: few builds use all kinds of roles. */
export async function loadModelRole(
  role: RoleName,
  entry: RoleEntry & { readonly model: string },
  { config, env, openJournal, models: cassette }: ModelRoleOptions,
): Promise<Performer> {
  const { createLlmRole, createModel } = await import('@baton/adapters/llm');
  const models = fallbackChain(entry.model, config, env);
  const phases = Object.fromEntries(
    Object.entries(entry.phases ?? {}).map(([phase, name]) => [
      phase,
      fallbackChain(name, config, env),
    ]),
  );
  // Their packages are optional: what is missing shows before a build begins.
  await Promise.all([models, ...Object.values(phases)].flat().map((one) => createModel(one)));
  const rolePrompt = await loadPrompt(role, entry, config.folder);
  return (maker, definition) =>
    createLlmRole({
      role,
      models,
      phases,
      openJournal,
      cassette,
      reviews: reviewsOf(role, config),
      expectations: expectationsOf(role, config, definition),
      rolePrompt,
      commands: commandsFor(role, maker),
      maxSteps: entry.maxSteps,
      reserve: entry.reserve,
    });
}

/** What a model may run: what its role needs to see, and nothing that deploys. */
function commandsFor(role: RoleName, maker: CommandMaker): readonly AllowedCommand[] {
  const { install, test, verify, smoke = [] } = maker.config.commands;
  const checks = [
    { purpose: 'test' as const, name: 'test', ...test },
    ...verify.map(forPurpose('verify')),
  ];
  const installs =
    install === undefined ? [] : [{ purpose: 'install' as const, name: 'install', ...install }];
  const entries: Readonly<Record<RoleName, readonly Runnable[]>> = {
    q_assistant: [],
    code_writer: [...installs, ...checks],
    test_auditor: [...installs, ...checks],
    verification_overseer: checks,
    release_manager: smoke.map(forPurpose('smoke')),
  };
  const all = entries[role];
  // A user's check may also be called `test`. The first entry of a name is used.
  const first = all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
  return first.map((entry) => checkOf(maker, entry.purpose, entry.name, entry));
}

interface Runnable extends CommandEntry {
  readonly purpose: Purpose;
  readonly name: string;
}

function forPurpose(purpose: Purpose) {
  return (entry: Omit<Runnable, 'purpose'>): Runnable => ({ ...entry, purpose });
}
