import { AGENTS } from '@baton/adapters/agent';
import { BatonError } from '@baton/core';
import { gapIn } from '../init/toolchain.ts';
import type { Config } from './load-config.ts';

type Named = readonly [field: string, argv: readonly string[]];

/** Every command of a configuration, by the field that it stands in. */
export function commandsOf({
  commands,
  roles,
}: Pick<Config, 'commands' | 'roles'>): readonly Named[] {
  const { install, test, verify, deploy, smoke = [], rollback } = commands;
  return [
    ...Object.entries({ install, test, deploy, rollback }).flatMap(([name, command]) =>
      command === undefined ? [] : [[`commands.${name}`, command.argv] as const],
    ),
    ...verify.map(({ argv }, index) => [`commands.verify[${index}]`, argv] as const),
    ...smoke.map(({ argv }, index) => [`commands.smoke[${index}]`, argv] as const),
    ...Object.entries(roles).flatMap(([role, { agent, command } = {}]): readonly Named[] => {
      if (command !== undefined) return [[`roles.${role}.command`, command]];
      if (agent === undefined || agent === 'custom') return [];
      return [[`roles.${role}.agent`, AGENTS[agent].command]];
    }),
  ];
}

/**
 * Refuses a configuration in which commands are still to be written, before a build is begun.
 *
 * @throws BatonError `invalid_input` naming every gap with what is missing there.
 */
export function refuseGaps(config: Pick<Config, 'commands' | 'roles' | 'path'>): void {
  const violations = commandsOf(config).flatMap(([field, argv]) => {
    const description = gapIn(argv);
    return description === undefined ? [] : [{ field, description }];
  });
  if (violations.length === 0) return;
  const lines = violations.map(({ field, description }) => `  ${field}: ${description}`);
  throw new BatonError(
    'invalid_input',
    `${config.path} has gaps that are to be filled in:\n${lines.join('\n')}`,
    { violations },
  );
}

/** What a command is run for: what it may do depends on it. */
export type Purpose = 'role' | 'install' | 'test' | 'verify' | 'deploy' | 'smoke' | 'rollback';

/** Commands run in the workspace of the build: `{config}` names what lies beside the config file. */
export function withFolder(argv: readonly string[], folder: string): readonly string[] {
  return argv.map((argument) => argument.replaceAll(/(?<!\{)\{config\}(?!\})/g, () => folder));
}
