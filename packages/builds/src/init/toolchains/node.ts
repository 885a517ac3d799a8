import { inTurn, literal, shown } from '../shell-line.ts';
import {
  gap,
  installTools,
  type ProposedCheck,
  type ProposedCommand,
  type Recognise,
  TOOLS,
} from '../toolchain.ts';
import { type Chosen, chooseTests, type Other } from './node/choose-tests.ts';
import { membersGap, membersOf } from './node/members.ts';
import { packageManagerOf } from './node/package-manager.ts';
import { readPackage } from './node/read-package.ts';
import { scriptCallOf } from './node/script-call.ts';
import { executed, type ProposedTests, testCommand } from './node/test-command.ts';

/** Scripts that check without changing, by the names that are usual. */
const BUILD = 'build';
const CHECKS = [BUILD, 'lint', 'typecheck', 'types', 'type-check'];

export const recogniseNode: Recognise = (repository) => {
  if (!repository.has('package.json')) return undefined;
  const root = readPackage(repository);
  const { scripts, dependencies, problem } = root;
  const manager = packageManagerOf(repository, root);
  const surroundings = { repository, dependencies, manager: manager.name };
  const chosen = chooseTests(scripts, surroundings, (script) =>
    membersGap(membersOf(repository, root), script),
  );
  const tests =
    chosen.kind === 'gap' ? chosen.missing : testCommand(chosen, manager.execute, surroundings);
  const script = (name: string): ProposedCommand => ({ argv: [manager.name, 'run', name] });
  const named = (name: string) => (scripts.has(name) ? script(name) : undefined);
  const [deploy, smoke] = [named('deploy'), named('smoke')];
  const isThere =
    dependencies.size > 0 || root.workspaces.length > 0 || manager.evidence !== undefined;
  const { tools, setup, assumed } = typeof tests === 'string' ? NO_TESTS : tests;
  const runner = chosen.kind === 'chosen' ? chosen.found.runner?.name : undefined;
  return {
    name: `Node (${manager.name}, ${runner ?? 'no test runner that can be used'})`,
    evidence: [
      problem ?? 'package.json',
      ...(manager.evidence === undefined ? [] : [manager.evidence]),
    ],
    install: inTurn([...(isThere ? [manager.install] : []), ...installTools(tools), ...setup]),
    test: typeof tests === 'string' ? gap(tests) : tests.command,
    needs: typeof tests === 'string' ? [] : executorIn(tests.command, manager.execute),
    verify: checksOf(chosen.checks, scripts, script, manager.execute),
    ...(deploy !== undefined && { deploy }),
    ...(smoke !== undefined && { smoke }),
    stores: isThere ? manager.stores : [],
    leavesBehind: [
      ...['node_modules/', 'dist/', 'build/', 'coverage/', '*.tsbuildinfo', '.eslintcache'],
      ...(tools.length === 0 ? [] : [`${TOOLS}/`]),
      ...leftBy(chosen),
      ...(manager.writes === undefined ? [] : [manager.writes]),
    ],
    assumed: [
      ...manager.assumed,
      ...(problem === undefined ? [] : ['package.json has no scripts and no dependencies']),
      ...(tools.length === 0
        ? []
        : [
            `the install puts ${tools.join(', ')} into ${TOOLS}/, for the reports: no file of the repository changes`,
          ]),
      ...assumed,
      ...leftOutOf(chosen),
    ],
  };
};

const NO_TESTS: Pick<ProposedTests, 'tools' | 'setup' | 'assumed'> = {
  tools: [],
  setup: [],
  assumed: [],
};
function leftBy(chosen: Chosen): readonly string[] {
  if (chosen.kind === 'gap') return [];
  const { tests, found } = chosen;
  if (found.runner?.name === 'tap') return ['.tap/', '.nyc_output/'];
  return tests.wrapper[0] === 'nyc' ? ['.nyc_output/'] : [];
}

function leftOutOf(chosen: Chosen): readonly string[] {
  if (chosen.kind === 'gap') return [];
  return chosen.leftOut.map(
    ({ argv }) => `the script test ends with ${shown(argv)}, which is not run`,
  );
}

/** The usual scripts, and what the script `test` checks besides; a build, which may write, comes last. */
function checksOf(
  found: readonly Other[],
  scripts: ReadonlyMap<string, string>,
  script: (name: string) => ProposedCommand,
  execute: readonly string[],
): readonly ProposedCheck[] {
  const usual = CHECKS.filter((name) => scripts.has(name)).map((name) => ({
    name,
    ...script(name),
  }));
  const checks: ProposedCheck[] = [...usual];
  for (const { argv, env } of found) {
    const command = inTurn([executed({ argv, env }, execute).map(literal)]);
    const call = scriptCallOf(argv, scripts);
    const called = call?.kind === 'scripts' ? call.names : [];
    const isCall =
      called.length > 0 && called.every((name) => usual.some((one) => one.name === name));
    const isTold = usual.some((one) => scripts.get(one.name) === shown(argv));
    if (command === undefined || isCall || isTold) continue;
    const name = called.length > 0 ? called.join(', ') : shown(argv.slice(0, 3));
    const taken = checks.filter((one) => one.name.startsWith(name)).length;
    checks.push({ name: taken === 0 ? name : `${name} (${taken + 1})`, ...command });
  }
  return [
    ...checks.filter(({ name }) => name !== BUILD),
    ...checks.filter(({ name }) => name === BUILD),
  ];
}

/** The program that runs those of dependencies, if a command has it: Node's own test runner needs none. */
function executorIn(
  { argv }: ProposedCommand,
  [program = '']: readonly string[],
): readonly string[] {
  const words = argv.flatMap((word) => word.split(/[\s;|&()]+/));
  return words.includes(program) ? [program] : [];
}
