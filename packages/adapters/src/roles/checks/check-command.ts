import { BatonError } from '@baton/core';
import type { Confinement } from '../../sandbox/wall.ts';

/**
 * A command that passes when it exits with code 0. In `argv` and in the values of `env`, `{reports}` stands
 * for a new folder outside the workspace and `{workspace}` for the folder that the command runs in. Any other
 * `{word}` is refused; write `{{word}}` for the text `{word}`.
 */
export interface CheckCommand {
  /** Names the check in reasons and evidence. */
  readonly name: string;
  /** The program and its arguments; never a shell string. */
  readonly argv: readonly string[];
  /** Milliseconds until the command is ended, which counts as a failure. Default: no limit. */
  readonly timeoutMs?: number;
  /** Variables to set for the command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of variables to pass on beside `PATH`, `HOME`, `LANG`, `LC_*`, `TMPDIR` and `TZ`. */
  readonly passEnv?: readonly string[];
  /**
   * The sandbox and its rules for the command. Default: none; the command may do what Baton's process may do.
   */
  readonly confinement?: Confinement | undefined;
}

/** Values of the placeholders. */
export interface Places {
  readonly reports: string;
  readonly workspace: string;
}

const PLACEHOLDER = /\{\{([a-z]+)\}\}|\{([a-z]+)\}/gi;
const NAMES: readonly (keyof Places)[] = ['reports', 'workspace'];

/** Replaces the placeholders of a command. */
export function expandCommand(command: CheckCommand, places: Places): CheckCommand {
  const env = Object.entries(command.env ?? {});
  return {
    ...command,
    argv: command.argv.map((argument) => expand(argument, places)),
    env: Object.fromEntries(env.map(([name, value]) => [name, expand(value, places)])),
  };
}

/**
 * Replaces the placeholders of a text.
 *
 * @throws BatonError `invalid_input` for an unknown placeholder.
 */
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
 * Checks the commands of a role when the role is created, so that a mistake shows before the first build.
 *
 * @throws BatonError `invalid_input` naming the command and its mistake.
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
