import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AGENTS } from '@baton/adapters/agent';
import { commandsOf, withFolder } from '../config/commands-of.ts';
import type { Config } from '../config/load-config.ts';
import { readRepository, recogniseToolchains } from '../init/read-repository.ts';
import { gapIn } from '../init/toolchain.ts';
import { membersOf } from '../init/toolchains/node/members.ts';
import { readPackage } from '../init/toolchains/node/read-package.ts';
import { checkDependency, type NodeWorkspace } from './check-dependency.ts';
import { checkProgram, type Surroundings } from './check-program.ts';
import type { Finding } from './finding.ts';

/** Whether builds will find the programs of all configured commands. */
export async function checkCommands(
  config: Config,
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const install = config.commands.install?.argv;
  const surroundings = { workspace, ignored: config.workspace.ignored, env, install };
  const test = config.commands.test.argv;
  const node = await nodeWorkspaceIn(workspace, env);
  return Promise.all(
    commandsOf(config).map(async ([name, argv]): Promise<Finding> => {
      const missing = gapIn(argv);
      if (missing !== undefined) {
        const advice = `write it into ${config.path}`;
        return { name, verdict: 'problem', found: `is a gap: ${missing}`, advice };
      }
      const [program = ''] = withFolder(argv, config.folder);
      const first = await checkProgram(program, surroundings);
      const dependency = node && checkDependency(argv, node, install !== undefined);
      const more = [
        ...(argv === test ? await checkNeeds(argv, surroundings) : []),
        ...(dependency === undefined ? [] : [dependency]),
      ];
      const worst = [first, ...more].find((one) => one.verdict !== 'ok');
      const { verdict, found, advice } = worst ?? {
        ...first,
        found: [first, ...more].map((one) => one.found).join(' → '),
      };
      if (advice === undefined) return { name, verdict, found };
      const how = installOf(name, config) ?? advice;
      return { name, verdict, found, advice: `${how}, or change ${name} in ${config.path}` };
    }),
  );
}

/** How the agent of a role is installed, where the configuration names it. */
function installOf(name: string, { roles }: Pick<Config, 'roles'>): string | undefined {
  const [, role] = /^roles\.(\w+)\.agent$/.exec(name) ?? [];
  const agent = roles[role as keyof Config['roles']]?.agent;
  return agent === undefined || agent === 'custom' ? undefined : AGENTS[agent].install.join('; ');
}

async function nodeWorkspaceIn(
  folder: string,
  env: Surroundings['env'],
): Promise<NodeWorkspace | undefined> {
  const repository = await readRepository(folder, env);
  if (!repository.has('package.json')) return undefined;
  const root = readPackage(repository);
  return { folder, root, members: membersOf(repository, root) };
}

/** The programs that a test command of init runs by its first one, such as a shell. */
async function checkNeeds(argv: readonly string[], { workspace, env, ignored }: Surroundings) {
  const toolchains = await recogniseToolchains(workspace, env);
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
