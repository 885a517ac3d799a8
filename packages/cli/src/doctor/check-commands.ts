import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { withFolder } from '../config/check-of.ts';
import type { Config } from '../config/load-config.ts';
import { isPlaceholder } from '../init/placeholder.ts';
import { recogniseToolchains } from '../init/recognise-toolchain.ts';
import { checkProgram, type Surroundings } from './check-program.ts';
import type { Finding } from './finding.ts';

/** Whether builds will find the programs of all configured commands. */
export async function checkCommands(
  config: Config,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const surroundings = { workspace, ignored: config.workspace.ignored, env };
  const test = config.commands.test.argv;
  return Promise.all(
    commandsOf(config).map(async ([name, argv]): Promise<Finding> => {
      if (isPlaceholder(argv)) {
        const advice = `write it into ${config.path}`;
        return { name, verdict: 'problem', found: 'is not written yet', advice };
      }
      const [program = ''] = withFolder(argv, config.folder);
      const first = await checkProgram(program, surroundings);
      const more = argv === test ? await checkNeeds(argv, surroundings) : [];
      const { verdict, found, advice } = more.find((one) => one.verdict !== 'ok') ?? first;
      if (advice === undefined) return { name, verdict, found };
      return { name, verdict, found, advice: `${advice}, or change ${name} in ${config.path}` };
    }),
  );
}

/** The programs that a test command of init runs by its first one, such as a shell. */
async function checkNeeds(argv: readonly string[], { workspace, env, ignored }: Surroundings) {
  const toolchains = recogniseToolchains(workspace);
  const proposed = toolchains.find(({ test }) => isDeepStrictEqual(test.argv, argv));
  // Where cargo looks for its own, on PATH or not.
  const cargo = join(env['CARGO_HOME'] ?? join(env['HOME'] ?? homedir(), '.cargo'), 'bin');
  const path = [env['PATH'] ?? '', cargo].join(delimiter);
  return Promise.all(
    (proposed?.needs ?? []).map((program) =>
      checkProgram(program, { workspace, ignored, env: { ...env, PATH: path } }),
    ),
  );
}

function commandsOf({
  commands,
  roles,
}: Config): readonly (readonly [string, readonly string[]])[] {
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
