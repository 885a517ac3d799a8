import { parse } from 'shell-quote';
import { type Command, commandOf, commandsIn } from './command-lines.ts';
import { scriptCallOf } from './script-call.ts';

/** One thing that a script does. */
export type Step =
  /** Runs tests, perhaps within a program that measures coverage. */
  | ({ readonly kind: 'tests'; readonly wrapper: readonly string[] } & Command)
  /** Only looks, such as a linter. */
  | ({ readonly kind: 'check' } & Command)
  /** Anything else, such as a build. */
  | ({ readonly kind: 'other' } & Command)
  /** Runs the tests of each package of a workspace. */
  | { readonly kind: 'members'; readonly script: string }
  /** A line that only a shell understands. */
  | { readonly kind: 'unread'; readonly script: string; readonly text: string };

/**
 * What a script does, step by step: with what npm runs before and after it, and with the scripts that
 * it calls. A call of scripts that run no tests is one step.
 *
 * @param isRunner whether a command runs tests.
 */
export function stepsOf(
  name: string,
  scripts: ReadonlyMap<string, string>,
  isRunner: (argv: readonly string[]) => boolean,
): readonly Step[] {
  const stepsOfScript = (script: string, more: readonly string[], seen: ReadonlySet<string>) => {
    if (seen.has(script)) return [];
    const within = new Set([...seen, script]);
    const one = (called: string, words: readonly string[]): readonly Step[] => {
      const text = scripts.get(called);
      if (text === undefined) return [];
      const commands = commandsIn(text);
      if (commands === undefined) {
        return onlyChecks(text, isRunner)
          ? [{ kind: 'check', env: {}, argv: ['npm', 'run', called] }]
          : [{ kind: 'unread', script: called, text }];
      }
      return commands.flatMap((command, index) =>
        stepsOfCommand(index < commands.length - 1 ? command : withMore(command, words), within),
      );
    };
    return [...one(`pre${script}`, []), ...one(script, more), ...one(`post${script}`, [])];
  };
  const stepsOfCommand = (command: Command, seen: ReadonlySet<string>): readonly Step[] => {
    const { wrapper, inner } = unwrap(command);
    const call = scriptCallOf(inner.argv, scripts);
    if (call?.kind === 'members') return [{ kind: 'members', script: call.name }];
    if (call?.kind === 'scripts') {
      const steps: readonly Step[] = call.names.flatMap((script) =>
        stepsOfScript(script, call.more, seen),
      );
      if (steps.some(({ kind }) => kind !== 'check' && kind !== 'other')) {
        return steps.map((step) =>
          step.kind === 'tests'
            ? {
                ...step,
                env: { ...command.env, ...step.env },
                wrapper: step.wrapper.length === 0 ? wrapper : step.wrapper,
              }
            : step,
        );
      }
      if (steps.length === 0) return [];
      return [
        { kind: steps.every(({ kind }) => kind === 'check') ? 'check' : 'other', ...command },
      ];
    }
    if (isRunner(inner.argv)) return [{ kind: 'tests', wrapper, ...inner }];
    return [{ kind: isCheck(inner.argv) ? 'check' : 'other', ...command }];
  };
  return stepsOfScript(name, [], new Set());
}

function withMore({ env, argv }: Command, more: readonly string[]): Command {
  return { env, argv: [...argv, ...more] };
}

/** Programs that look at files, change none and run no tests. */
const CHECKS = new Set([
  ...[
    'eslint',
    'xo',
    'standard',
    'standardx',
    'semistandard',
    'ts-standard',
    'neostandard',
    'oxlint',
  ],
  ...['jshint', 'jscs', 'tslint', 'stylelint', 'biome', 'rome', 'prettier', 'dprint', 'prettierx'],
  ...['tsd', 'tsd-lite', 'check-dts', 'dtslint', 'tstyche', 'vue-tsc', 'svelte-check', 'attw'],
  ...['publint', 'knip', 'depcheck', 'dependency-check', 'installed-check', 'ls-engines', 'aud'],
  ...['evalmd', 'markdownlint', 'markdownlint-cli2', 'cspell', 'size-limit', 'es-check', 'eclint'],
  ...['commitlint', 'madge', 'depcruise', 'type-coverage', 'typecoverage', 'license-checker'],
]);

function isCheck([program = '', ...args]: readonly string[]): boolean {
  if (args.some((one) => one === '--fix' || one === '--write' || one === '-w')) return false;
  if (program === 'tsc') return args.includes('--noEmit') || args.includes('--no-emit');
  if (program === 'npm') return args[0] === 'audit';
  return CHECKS.has(program);
}

/**
 * Whether a line that only a shell understands does nothing but check, such as
 * `eclint check $(git ls-files)`: each of its commands is a check, and no word in it runs tests.
 *
 * @param isRunner whether a command runs tests.
 */
function onlyChecks(text: string, isRunner: (argv: readonly string[]) => boolean): boolean {
  const commands: string[][] = [[]];
  const words: string[] = [];
  let depth = 0;
  for (const token of parse(text, (name) => ({ op: `$${name}` }))) {
    if (typeof token === 'string') {
      words.push(token);
      if (depth === 0) commands.at(-1)?.push(token);
    } else if ('op' in token) {
      if (token.op === '(') depth += 1;
      else if (token.op === ')') depth -= 1;
      else if (depth === 0 && /^(&&?|\|\|?|;)$/.test(token.op)) commands.push([]);
    }
  }
  return commands.every((one) => isCheck(one)) && !words.some((word) => isRunner([word]));
}

const WRAPPERS = new Set(['nyc', 'c8', 'covert']);
/** Options of nyc and c8 whose value is the next word. */
const WITH_VALUE =
  /^(-[rnxeio]|--(reporter|report-dir|reports-dir|include|exclude|extension|require|cwd|temp-dir|temp-directory|lines|functions|branches|statements|src|allow-external|resolve|config))$/;
const REPORTER = /^(-r|-o|--reporter|--report-dir|--reports-dir|--report)(=|$)/;

interface Unwrapped {
  /** Such as `nyc --exclude x`, without what it says about reports; empty when there is none. */
  readonly wrapper: readonly string[];
  readonly inner: Command;
}

/** Parts a program that measures coverage from the command whose coverage it measures. */
function unwrap(command: Command): Unwrapped {
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
