import { line, literal, needsShell, shell, shown } from '../../shell-line.ts';
import { type ProposedCommand, toolProgram } from '../../toolchain.ts';
import type { Chosen, Other } from './choose-tests.ts';
import { EXPECTED, type Plan, type Surroundings } from './runner.ts';

type Some = Extract<Chosen, { kind: 'chosen' }>;

/** Programs that come with the system, not with a dependency. */
const OF_THE_SYSTEM = new Set([
  ...['node', 'npm', 'npx', 'pnpm', 'yarn', 'bun', 'sh', 'bash', 'echo', 'rm', 'mkdir', 'cp', 'mv'],
  ...[
    'cd',
    'true',
    'exit',
    'test',
    'make',
    'python',
    'python3',
    'go',
    'cargo',
    'git',
    'touch',
    'cat',
  ],
]);

export interface ProposedTests {
  readonly command: ProposedCommand;
  readonly tools: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly assumed: readonly string[];
}

/** A command's words as the package manager runs it: a program of a dependency by `execute`. */
export function executed(
  { argv, env }: Pick<Other, 'argv' | 'env'>,
  execute: readonly string[],
): readonly string[] {
  const [program = ''] = argv;
  const plain = OF_THE_SYSTEM.has(program) || program.includes('/');
  return [...settings(env), ...(plain ? [] : execute), ...argv];
}

/** @returns text for what is missing where the runner is of no use. */
export function testCommand(
  { tests, found: { launched, runner }, before }: Some,
  execute: readonly string[],
  surroundings: Surroundings,
): ProposedTests | string {
  if (runner === undefined) {
    const what = launched.file === undefined ? launched.program : shown(launched.launcher);
    return `${what} runs the tests, from which no reports can be had as it is: ${EXPECTED}`;
  }
  const own = {
    ...launched,
    launcher: launched.launcher.map(literal),
    args: launched.args.map(literal),
  };
  const plan = runner.plan(own, surroundings);
  if (typeof plan === 'string') return plan;
  const { launcher = own.launcher, args, env = {}, tools = [], setup = [], assumed = [] } = plan;
  const inner = [...launcher, ...args];
  const isWrapped = plan.coverage === 'by a wrapper';
  const withTool = isWrapped && tests.wrapper.length === 0;
  const measured = isWrapped
    ? measuredBy(tests.wrapper, inner, execute, plan.tests)
    : executed({ argv: inner, env: {} }, execute);
  const words = [...settings({ ...literals(tests.env), ...env }), ...measured];
  const first = before.map((one) => {
    const argv = one.argv.map(literal);
    return line(executed({ argv, env: literals(one.env) }, execute));
  });
  return {
    command: commandOf(words, plan, first),
    tools: [...(withTool ? ['c8@10'] : []), ...tools],
    setup,
    assumed,
  };
}

function measuredBy(
  wrapper: readonly string[],
  inner: readonly string[],
  execute: readonly string[],
  leaveOut: readonly string[] = [],
): readonly string[] {
  const [program, ...options] = wrapper;
  if (program === undefined) {
    const c8 = [toolProgram('c8'), '--reporter=lcovonly', '--reports-dir={reports}'];
    const excluded = leaveOut.map((pattern) => `--exclude=${pattern}`);
    return [...c8, ...excluded, ...executed({ argv: inner, env: {} }, execute)];
  }
  const folder = program === 'nyc' ? '--report-dir={reports}' : '--reports-dir={reports}';
  return [...execute, program, ...options.map(literal), '--reporter=lcovonly', folder, ...inner];
}

function commandOf(
  words: readonly string[],
  plan: Plan,
  before: readonly string[],
): ProposedCommand {
  const { fragment, output, lcov } = plan;
  const target = { junit: '', tap: ' > "$0/tests.tap"', 'junit on stdout': ' > "$0/junit.xml"' };
  const after = [
    ...(output === 'tap'
      ? ['cat "$0/tests.tap"', `${toolProgram('tap-xunit')} < "$0/tests.tap" > "$0/junit.xml"`]
      : []),
    ...(lcov === undefined ? [] : [`cp ${lcov} "$0/lcov.info"`]),
  ];
  const isPlain = before.length === 0 && fragment === undefined && after.length === 0;
  if (isPlain && !needsShell(words)) return { argv: words };
  const main = [
    ...before,
    `${line(words)}${fragment === undefined ? '' : ` ${fragment}`}${target[output]}`,
  ];
  const run = main.join(' && ');
  return shell(after.length === 0 ? run : [run, 'code=$?', ...after, 'exit $code'].join('; '));
}

function settings(env: Readonly<Record<string, string>>): readonly string[] {
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return set.length === 0 ? [] : ['env', ...set];
}

function literals(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, literal(value)]));
}
