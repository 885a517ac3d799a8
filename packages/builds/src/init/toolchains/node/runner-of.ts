import { type Launched, launchedBy, type Runner, type Surroundings } from './runner.ts';
import { fileOfTape, nodeTest, RUNNERS } from './runners.ts';

/** Programs that run tests, and cannot be had to write both reports from here. */
const OF_NO_USE = new Set([
  ...['karma', 'playwright', 'cypress', 'wtr', 'web-test-runner', 'testem', 'ng', 'nightwatch'],
  ...[
    'wdio',
    'testcafe',
    'vue-cli-service',
    'lab',
    'intern',
    'bun',
    'deno',
    'borp',
    'poku',
    'zora',
  ],
  ...['electron-mocha', 'mochapack', 'japa', 'airtap', 'aegir', 'grunt', 'gulp', 'make', 'wireit'],
  ...[
    'just',
    'jake',
    'brittle',
    'twd',
    'bats',
    'qunit-puppeteer',
    'node-qunit',
    'testling',
    'istanbul',
  ],
]);

export interface Found {
  readonly launched: Launched;
  /** Undefined for one that is of no use. */
  readonly runner: Runner | undefined;
}

/** The runner that a command is; undefined for one that runs no tests. */
export function runnerOf(
  argv: readonly string[],
  { dependencies, repository }: Pick<Surroundings, 'dependencies' | 'repository'>,
): Found | undefined {
  const launched = launchedBy(argv);
  const { program, file, args } = launched;
  if (args.includes('--test') && ['node', 'tsx'].includes(program))
    return { launched, runner: nodeTest };
  if (file !== undefined) {
    if (!/(^|[/._-])(tests?|specs?)([/._-]|$)/i.test(file)) return undefined;
    return { launched, runner: runnerOfFile(file, dependencies, repository) };
  }
  const name = program.split('/').at(-1) ?? program;
  const runner = RUNNERS.find(({ programs }) => programs.includes(name));
  if (runner !== undefined) return { launched: { ...launched, program: name }, runner };
  return OF_NO_USE.has(name) ? { launched, runner: undefined } : undefined;
}

/** What a file that is run by itself reports with. */
function runnerOfFile(
  file: string,
  dependencies: ReadonlyMap<string, string>,
  repository: Surroundings['repository'],
): Runner | undefined {
  const places = [file, `${file}.js`, `${file}/index.js`];
  const text = places.filter((one) => repository.files.includes(one)).map(repository.read)[0] ?? '';
  if (/['"]node:test['"]/.test(text)) {
    return { ...nodeTest, plan: (launched, around) => asFileOf(nodeTest, launched, around) };
  }
  return dependencies.has('tape') ? fileOfTape : undefined;
}

/** `node a.js` as `node --test a.js`. */
function asFileOf(runner: Runner, launched: Launched, around: Surroundings) {
  const { launcher, args, file = '' } = launched;
  return runner.plan(
    { ...launched, launcher: launcher.slice(0, -1), args: [file, ...args] },
    around,
  );
}
