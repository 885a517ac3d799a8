import { COMMAND_NAMES } from '../commands/descriptions.ts';

const COMMANDS = new RegExp(
  `(?<![\\w/.@-])baton (?=(?:${COMMAND_NAMES.join('|')}|--help)(?!\\w))`,
  'g',
);

/** A text of ours that names commands as `baton <command>`: with each as it is typed here. */
export function asTyped(text: string, invocation: string): string {
  return text.replaceAll(COMMANDS, () => `${invocation} `);
}
