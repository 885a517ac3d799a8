import type { Repository } from '../../toolchain.ts';

/** What a runner is seen by. */
export interface Surroundings {
  readonly repository: Repository;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly manager: 'npm' | 'pnpm' | 'yarn' | 'bun';
}

/** How a test runner is had to write its reports. */
export interface Plan {
  readonly launcher?: readonly string[];
  readonly args: readonly string[];
  /** Added to the line as it is, for a shell. */
  readonly fragment?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it prints or writes: a JUnit report, TAP as its output, or JUnit as its output. */
  readonly output: 'junit' | 'tap' | 'junit on stdout';
  /** Whether it measures coverage itself. */
  readonly coverage: 'own' | 'by a wrapper';
  /** Patterns of its tests, where c8 does not know them from their names: they are not covered. */
  readonly tests?: readonly string[];
  /** Where its report of coverage is, when it cannot be had in the folder for reports. */
  readonly lcov?: string;
  /** Packages of npm that the report needs, and that are no dependencies. */
  readonly tools?: readonly string[];
  /** Commands that an install ends with. */
  readonly setup?: readonly (readonly string[])[];
  readonly assumed?: readonly string[];
}

export interface Runner {
  readonly name: string;
  /** The programs that are it. */
  readonly programs: readonly string[];
  /** @returns text for what is missing where it is of no use. */
  plan(launched: Launched, surroundings: Surroundings): Plan | string;
}

/** What a test command has to do, in words for a gap. */
export const EXPECTED =
  'write a command that runs all tests and writes {reports}/junit.xml and {reports}/lcov.info';

/** A command that runs a program of a dependency, or a file. */
export interface Launched {
  /** Name of the program, such as `mocha`. For a file, the program that runs it. */
  readonly program: string;
  /** The words that start it: `mocha`, or `node --no-warnings node_modules/mocha/bin/mocha.js`. */
  readonly launcher: readonly string[];
  readonly args: readonly string[];
  /** The file that is run, if it belongs to the repository. */
  readonly file: string | undefined;
}

const LOADERS = new Set(['node', 'tsx', 'ts-node', 'esno', 'tsm', 'babel-node', 'electron']);
const WITH_VALUE = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
]);

export function launchedBy(argv: readonly string[]): Launched {
  const [first = '', ...args] = argv;
  const program = dependencyOf(first) ?? first;
  if (!LOADERS.has(program)) return { program, launcher: [first], args, file: undefined };
  let at = 0;
  while (args[at]?.startsWith('-')) at += WITH_VALUE.has(args[at] ?? '') ? 2 : 1;
  const flags = args.slice(0, at);
  const file = args[at];
  if (file === undefined || flags.includes('--test')) {
    return { program, launcher: [first], args, file: undefined };
  }
  const launcher = [first, ...flags, file];
  const rest = args.slice(at + 1);
  const dependency = dependencyOf(file);
  return dependency === undefined
    ? { program, launcher, args: rest, file }
    : { program: dependency, launcher, args: rest, file: undefined };
}

/** The dependency whose program a path leads to. */
function dependencyOf(path: string): string | undefined {
  const [, name] = /(?:^|\/)node_modules\/(?:\.bin\/)?((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return name;
}

/**
 * Arguments without some options, `--name=value` or `--name value`.
 *
 * @param valued options whose value may be the next word.
 * @param flags options without one.
 */
export function withoutOptions(
  args: readonly string[],
  valued: readonly string[],
  flags: readonly string[] = [],
): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [name = ''] = arg.split('=');
    if (flags.includes(name)) continue;
    if (!valued.includes(name)) kept.push(arg);
    else if (!arg.includes('=') && !args[index + 1]?.startsWith('-')) index += 1;
  }
  return kept;
}
