import type { Config } from './load-config.ts';

/** Every command of a configuration, by the field that it stands in. */
export function commandsOf({
  commands,
  roles,
}: Pick<Config, 'commands' | 'roles'>): readonly (readonly [string, readonly string[]])[] {
  const { install, test, verify, deploy, smoke = [], rollback } = commands;
  return [
    ...Object.entries({ install, test, deploy, rollback }).flatMap(([name, command]) =>
      command === undefined ? [] : [[`commands.${name}`, command.argv] as const],
    ),
    ...verify.map(({ argv }, index) => [`commands.verify[${index}]`, argv] as const),
    ...smoke.map(({ argv }, index) => [`commands.smoke[${index}]`, argv] as const),
    ...Object.entries(roles).flatMap(([role, entry]) =>
      entry?.command === undefined ? [] : [[`roles.${role}.command`, entry.command] as const],
    ),
  ];
}
