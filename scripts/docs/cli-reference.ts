import { DESCRIPTIONS } from '../../packages/cli/src/commands/descriptions.ts';
import { EXIT_CODES_HELP } from '../../packages/cli/src/exit-codes.ts';
import { type DocumentedCommand, documentedCommands } from './program.ts';
import { code, prose, table } from './table.ts';

/** Every command with its arguments, options and examples, then the exit codes. */
export async function cliReference(): Promise<string> {
  const commands = await documentedCommands();
  return [...commands.map(section), '## Exit codes', exitCodes()].join('\n\n');
}

/** The commands in a table, by the groups of the help. */
export function commandTable(): string {
  const rows = Object.entries(DESCRIPTIONS).flatMap(([, commands]) =>
    Object.entries(commands).map(([name, description]) => [
      `[\`${name}\`](#${name})`,
      prose(description),
    ]),
  );
  return table(['command', 'does'], rows);
}

function section(command: DocumentedCommand): string {
  const { name, description, usage, argumentRows, optionRows, after } = command;
  const [examples = '', ...paragraphs] = after.trim().split('\n\n');
  return [
    `## ${name}`,
    `${capitalized(prose(description))}.`,
    `\`\`\`text\n${usage}\n\`\`\``,
    argumentRows.length > 0 ? table(['argument', 'is'], argumentRows.map(row)) : [],
    table(['option', 'does'], optionRows.map(row)),
    `\`\`\`sh\n${examples.replaceAll(/^ +/gm, '')}\n\`\`\``,
    paragraphs.map((one) => prose(one.trim())),
  ]
    .flat(2)
    .join('\n\n');
}

function row([term = '', description = '']: readonly string[]): readonly string[] {
  return [code(term), prose(description)];
}

function exitCodes(): string {
  const rows = [...EXIT_CODES_HELP.matchAll(/^ {2}(\d+) +(.+)$/gm)];
  return table(
    ['code', 'means'],
    rows.map(([, number = '', meaning = '']) => [number, prose(meaning)]),
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
