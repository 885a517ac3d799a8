import { withFolder } from '../config/check-of.ts';
import type { Config } from '../config/load-config.ts';
import { isPlaceholder } from '../init/placeholder.ts';
import { findProgram } from './find-program.ts';
import type { Finding } from './finding.ts';

/** Whether the programs of all configured commands can be found. */
export function checkCommands(
  config: Config,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  return commandsOf(config).map(([name, argv]): Finding => {
    if (isPlaceholder(argv)) {
      const advice = `write it into ${config.path}`;
      return { name, verdict: 'problem', found: 'is not written yet', advice };
    }
    const [program = ''] = withFolder(argv, config.folder);
    const path = findProgram(program, workspace, env);
    if (path !== undefined) return { name, verdict: 'ok', found: path };
    return {
      name,
      verdict: 'problem',
      found: `there is no program '${program}'${program.includes('/') ? '' : ' on PATH'}`,
      advice: `install it, or change ${name} in ${config.path}`,
    };
  });
}

function commandsOf({
  commands,
  roles,
}: Config): readonly (readonly [string, readonly string[]])[] {
  const { install, test, verify, deploy, smoke, rollback } = commands;
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
