import { type ParseEntry, parse } from 'shell-quote';
import { pattern } from '../../shell-line.ts';

/** One command of a script: `A=1 mocha test | tee log` is `mocha test` with A. */
export interface Command {
  readonly env: Readonly<Record<string, string>>;
  /** Without what it is piped to or where its output goes: reports say that. */
  readonly argv: readonly string[];
}

/**
 * The commands of a script's line, in their order.
 *
 * @returns undefined for a line that only a shell understands: variables, groups, jobs.
 */
export function commandsIn(text: string): readonly Command[] | undefined {
  const tokens = parse(text, (name) => ({ op: `$${name}` }));
  const commands: Command[] = [];
  let words: string[] = [];
  let isOver = false;
  let isTarget = false;
  const end = (): void => {
    const command = commandOf(words);
    if (command !== undefined) commands.push(command);
    words = [];
    isOver = false;
  };
  for (const token of tokens) {
    const word = wordOf(token);
    if (word === undefined) {
      const op = typeof token === 'object' && 'op' in token ? token.op : '#';
      if (op === '&&' || op === ';') end();
      else if (op === '|' || op === '||') isOver = true;
      else if (/^[<>]/.test(op)) {
        isTarget = true;
        // The number of a descriptor stands before its sign, as in `2>&1`.
        if (/^\d$/.test(words.at(-1) ?? '')) words.pop();
      } else if (op !== '#') return undefined;
      continue;
    }
    if (isTarget) {
      isTarget = false;
      continue;
    }
    if (!isOver) words.push(word);
  }
  end();
  return commands;
}

function wordOf(token: ParseEntry): string | undefined {
  if (typeof token === 'string') return token;
  return 'pattern' in token ? pattern(token.pattern) : undefined;
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;
const ENV_PROGRAMS = new Set(['env', 'cross-env', 'cross-env-shell']);
/** What runs a program of a dependency, with the words before that program's name. */
const EXECUTORS = [
  ['npx'],
  ['bunx'],
  ['npm', 'exec'],
  ['pnpm', 'exec'],
  ['pnpm', 'dlx'],
  ['yarn', 'exec'],
  ['yarn', 'dlx'],
];

/** Takes off variables and executors, however they are nested. */
export function commandOf(words: readonly string[]): Command | undefined {
  const env: Record<string, string> = {};
  let argv = [...words];
  for (;;) {
    const [first = ''] = argv;
    const assignment = ASSIGNMENT.exec(first);
    const executor = EXECUTORS.find((one) => one.every((word, index) => argv[index] === word));
    if (assignment !== null) {
      env[assignment[1] ?? ''] = assignment[2] ?? '';
      argv = argv.slice(1);
    } else if (ENV_PROGRAMS.has(first)) {
      argv = argv.slice(1);
    } else if (executor !== undefined) {
      argv = argv.slice(executor.length);
      while (argv[0]?.startsWith('-')) argv = argv.slice(1);
    } else {
      return argv.length === 0 ? undefined : { env, argv };
    }
  }
}
