import type { ConfigInput } from '../config/config-schema.ts';
import { placeholder } from './placeholder.ts';
import type { ProposedModel } from './propose-model.ts';
import type { ProposedWorkspace } from './propose-workspace.ts';
import type { Toolchain } from './toolchain.ts';

export interface Proposal {
  readonly config: ConfigInput;
  readonly found: readonly string[];
  readonly assumed: readonly string[];
}

/** A configuration for a repository, with what it rests on. */
export function proposeConfig(
  [chosen, ...others]: readonly Toolchain[],
  { provider, model, apiKeyEnv, hasKey }: ProposedModel,
  workspace: ProposedWorkspace,
): Proposal {
  const { test = placeholder('commands.test'), install, verify = [] } = chosen ?? {};
  const spaces = { name: 'no conflict markers', argv: ['git', 'diff', '--check', 'HEAD'] };
  return {
    config: {
      models: { main: { provider, model, apiKeyEnv } },
      roles: {
        q_assistant: { model: 'main' },
        code_writer: { model: 'main' },
        test_auditor: { model: 'main' },
        verification_overseer: { model: 'main' },
      },
      commands: {
        ...(install !== undefined && { install: { argv: [...install.argv] } }),
        test: { ...test, argv: [...test.argv] },
        verify: (verify.length === 0 ? [spaces] : verify).map(({ name, argv }) => ({
          name,
          argv: [...argv],
        })),
        ...(chosen?.deploy !== undefined && {
          deploy: { argv: [...chosen.deploy.argv], target: 'production' },
          smoke: [
            { name: 'it is live', argv: [...(chosen.smoke ?? placeholder('commands.smoke')).argv] },
          ],
        }),
      },
      workspace: { ignored: [...workspace.ignored], protected: [...workspace.protected] },
      secrets: [apiKeyEnv],
    },
    found: [
      chosen === undefined ? 'no toolchain that is known' : toolchainLine(chosen),
      ...others.map((one) => `${toolchainLine(one)}; not used`),
      hasKey ? `a key in ${apiKeyEnv}` : 'no key of a model provider in the environment',
    ],
    assumed: [
      ...(chosen === undefined ? ['nothing about tests: write commands.test'] : chosen.assumed),
      ...(verify.length === 0 ? ['no checks of quality: add them to commands.verify'] : []),
      ...assumedOfRelease(chosen),
      ...(workspace.ignored.length === 0
        ? []
        : [`commands leave behind what belongs to no build: ${workspace.ignored.join(', ')}`]),
      `no role has to change ${workspace.protected.join(', ')}`,
      `${provider}'s ${model} works for all roles${hasKey ? '' : `, with its key in ${apiKeyEnv}`}; a budget of cost needs models.main.price`,
    ],
  };
}

function assumedOfRelease(chosen: Toolchain | undefined): readonly string[] {
  if (chosen?.deploy === undefined) {
    return [
      'builds hand a branch over and deploy nothing: to deploy, write commands.deploy and commands.smoke',
    ];
  }
  return chosen.smoke === undefined ? ['nothing about smoke tests: write commands.smoke'] : [];
}

function toolchainLine({ name, evidence }: Toolchain): string {
  return `${name}, by ${evidence.join(', ')}`;
}
