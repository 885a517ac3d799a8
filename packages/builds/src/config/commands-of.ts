import { AGENTS } from '@baton/adapters/agent';
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
