import { type Command, commandOf } from './command-lines.ts';

const WRAPPERS = new Set(['nyc', 'c8', 'covert']);
/** Options of nyc and c8 whose value is the next word. */
const WITH_VALUE =
  /^(-[rnxeio]|--(reporter|report-dir|reports-dir|include|exclude|extension|require|cwd|temp-dir|temp-directory|lines|functions|branches|statements|src|allow-external|resolve|config))$/;
const REPORTER = /^(-r|-o|--reporter|--report-dir|--reports-dir|--report)(=|$)/;

export interface Unwrapped {
  /** Such as `nyc --exclude x`, without what it says about reports; empty when there is none. */
  readonly wrapper: readonly string[];
  readonly inner: Command;
}

/** Parts a program that measures coverage from the command whose coverage it measures. */
export function unwrap(command: Command): Unwrapped {
  const [program = '', ...args] = command.argv;
  if (!WRAPPERS.has(program)) return { wrapper: [], inner: command };
  const options: string[] = [];
  let rest = args;
  while (rest[0]?.startsWith('-') && rest[0] !== '--') {
    const [option = '', value = ''] = rest;
    const taken = WITH_VALUE.test(option) ? [option, value] : [option];
    if (!REPORTER.test(option)) options.push(...taken);
    rest = rest.slice(taken.length);
  }
  const inner = commandOf(rest[0] === '--' ? rest.slice(1) : rest);
  if (inner === undefined || inner.argv[0] === 'report') return { wrapper: [], inner: command };
  const env = { ...command.env, ...inner.env };
  // covert takes files, and is of no use for a report.
  if (program === 'covert') return { wrapper: [], inner: { env, argv: ['node', ...inner.argv] } };
  return { wrapper: [program, ...options], inner: { env, argv: inner.argv } };
}
