import { BatonError } from '@baton/core';
import type { Confinement } from '../../sandbox/wall.ts';

/**
 * A command whose exit code decides. In `argv` and in the values of `env`, `{reports}` stands for a
 * fresh folder outside the workspace and `{workspace}` for the folder that the command runs in; any
 * other `{word}` is refused. `{{word}}` stands for the text `{word}` itself.
 */
export interface CheckCommand {
  /** Names the check in reasons and evidence. */
  readonly name: string;
  /** The program and its arguments; never a shell string. */
  readonly argv: readonly string[];
  /** Milliseconds until the command is ended, which counts as a failure. Default: none. */
  readonly timeoutMs?: number;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[];
  /** What it is held to. Default: nothing; it may do what Baton's own process may. */
  readonly confinement?: Confinement | undefined;
}

/** What the placeholders stand for. */
export interface Places {
  readonly reports: string;
  readonly workspace: string;
}

const PLACEHOLDER = /\{\{([a-z]+)\}\}|\{([a-z]+)\}/gi;
const NAMES: readonly (keyof Places)[] = ['reports', 'workspace'];

/** The command as it is to be run. */
export function expandCommand(command: CheckCommand, places: Places): CheckCommand {
  const env = Object.entries(command.env ?? {});
  return {
    ...command,
    argv: command.argv.map((argument) => expand(argument, places)),
    env: Object.fromEntries(env.map(([name, value]) => [name, expand(value, places)])),
  };
}

/** @throws BatonError `invalid_input` for an unknown placeholder. */
export function expand(text: string, places: Places): string {
  return text.replace(PLACEHOLDER, (found, escaped?: string, name?: string) => {
    if (escaped !== undefined) return `{${escaped}}`;
    if (name === 'reports' || name === 'workspace') return places[name];
    throw new BatonError(
      'invalid_input',
      `unknown placeholder ${found} in ${JSON.stringify(text)}; expected ${NAMES.map((one) => `{${one}}`).join(' or ')}, or {${found}} for the text itself`,
      { legal: NAMES },
    );
  });
}

/**
 * Checks commands when a role is made, so that a mistake shows before the first build.
 *
 * @throws BatonError `invalid_input` naming the command and what is wrong with it.
 */
export function checkCommands(commands: readonly CheckCommand[]): void {
  const names = new Set<string>();
  for (const command of commands) {
    const { name, argv } = command;
    if (name.trim() === '') throw wrong(JSON.stringify(argv), 'has no name');
    if (names.has(name)) throw wrong(`'${name}'`, 'is there twice; expected different names');
    if ((argv[0] ?? '') === '') throw wrong(`'${name}'`, 'has an empty argv');
    names.add(name);
    expandCommand(command, { reports: '', workspace: '' });
  }
}

function wrong(command: string, problem: string): BatonError {
  return new BatonError('invalid_input', `the command ${command} ${problem}`);
}
