import { shown } from '../../shell-line.ts';
import { EXPECTED, type Surroundings } from './runner.ts';
import { type Found, runnerOf } from './runner-of.ts';
import { nodeTest, RUNNERS } from './runners.ts';
import { type Step, stepsOf } from './script-steps.ts';

type Tests = Extract<Step, { kind: 'tests' }>;
export type Other = Extract<Step, { kind: 'check' | 'other' }>;

export type Chosen =
  | {
      readonly kind: 'chosen';
      readonly tests: Tests;
      readonly found: Found;
      /** What has to be done before them, such as a build. */
      readonly before: readonly Other[];
      readonly checks: readonly Other[];
      /** What a script does that is neither. */
      readonly leftOut: readonly Other[];
    }
  | { readonly kind: 'gap'; readonly missing: string; readonly checks: readonly Other[] };

/** npm writes this into a new package.json. */
const NONE = /no test specified/;

/** What the script `test` really runs; without one, the runner among the dependencies. */
export function chooseTests(
  scripts: ReadonlyMap<string, string>,
  surroundings: Surroundings,
  membersText: (script: string) => string,
): Chosen {
  const text = scripts.get('test') ?? '';
  if (text === '' || NONE.test(text)) return withoutScript(surroundings);
  const isRunner = (argv: readonly string[]) => runnerOf(argv, surroundings) !== undefined;
  const steps = stepsOf('test', scripts, isRunner);
  const checks = steps.filter((step): step is Other => step.kind === 'check');
  const missing = missingIn(steps, text, membersText);
  if (missing !== undefined) return { kind: 'gap', missing, checks };
  const at = steps.findIndex(({ kind }) => kind === 'tests');
  const step = steps[at] as Tests;
  const found = runnerOf(step.argv, surroundings) as Found;
  const others = (some: readonly Step[]) =>
    some.filter((one): one is Other => one.kind === 'other');
  const wrapper = step.wrapper.length > 0 ? step.wrapper : wrapperIn(scripts, found, surroundings);
  return {
    kind: 'chosen',
    tests: { ...step, wrapper },
    found,
    before: others(steps.slice(0, at)),
    checks,
    leftOut: others(steps.slice(at)),
  };
}

function missingIn(
  steps: readonly Step[],
  text: string,
  membersText: (script: string) => string,
): string | undefined {
  const unread = steps.find((step) => step.kind === 'unread');
  if (unread !== undefined) {
    return `the script ${unread.script} (${unread.text}) is for a shell alone: ${EXPECTED}`;
  }
  const members = steps.find((step) => step.kind === 'members');
  if (members !== undefined) return membersText(members.script);
  const tests = steps.filter((step) => step.kind === 'tests');
  if (tests.length === 1) return undefined;
  if (tests.length === 0)
    return `the script test (${text}) runs no test runner that is known: ${EXPECTED}`;
  const named = tests.map(({ argv }) => shown(argv)).join('; ');
  return `the script test runs tests ${tests.length} times (${named}), each with a report of its own: ${EXPECTED}`;
}

/** How another script of the same runner measures coverage, such as `test-cov`. */
function wrapperIn(
  scripts: ReadonlyMap<string, string>,
  { runner }: Found,
  surroundings: Surroundings,
): readonly string[] {
  for (const name of scripts.keys()) {
    if (!/cov|ci$/.test(name)) continue;
    const isRunner = (argv: readonly string[]) => runnerOf(argv, surroundings) !== undefined;
    for (const step of stepsOf(name, scripts, isRunner)) {
      if (step.kind !== 'tests' || step.wrapper.length === 0) continue;
      if (runnerOf(step.argv, surroundings)?.runner?.name === runner?.name) return step.wrapper;
    }
  }
  return [];
}

function withoutScript({ dependencies, repository }: Surroundings): Chosen {
  const runner = RUNNERS.find(({ name }) => dependencies.has(name));
  const chosen = (argv: readonly string[], found: Found['runner']): Chosen => {
    const [program = ''] = argv;
    const launched = { program, launcher: [program], args: argv.slice(1), file: undefined };
    const tests: Tests = { kind: 'tests', wrapper: [], env: {}, argv };
    return {
      kind: 'chosen',
      tests,
      found: { launched, runner: found },
      before: [],
      checks: [],
      leftOut: [],
    };
  };
  if (runner !== undefined) return chosen([runner.name], runner);
  const isTest = /(^|\/)(tests?|__tests__)\/.*\.[cm]?[jt]s$|[._-]test\.[cm]?[jt]s$/;
  const files = repository.files.filter((path) => isTest.test(path));
  if (files.some((path) => /['"]node:test['"]/.test(repository.read(path))))
    return chosen(['node'], nodeTest);
  const missing = `package.json has no script test and no test runner that is known: ${EXPECTED}`;
  return { kind: 'gap', missing, checks: [] };
}
