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
