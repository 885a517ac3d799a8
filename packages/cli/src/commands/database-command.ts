import type { OpenedDatabase, WhichDatabase } from '@baton/builds/internal';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Terminal } from '../output/terminal.ts';
import type { CommandName } from './descriptions.ts';
import { createCommand, terminalOf } from './operation-command.ts';

export interface DatabaseCommandOptions extends WhichDatabase {
  readonly json?: true;
}

/** A command on a store itself, without a server between. */
export function createDatabaseCommand(
  context: CommandContext,
  name: CommandName,
  examples: string,
): Command {
  return createCommand(context, name, examples)
    .option(
      '--database <url>',
      'the store: sqlite:<path>, postgres://… or redis://… (docs/reference/stores.md has every form)',
    )
    .addOption(
      new Option(
        '--workspace <repo>',
        'the repository whose own database is the store (default: this folder)',
      ).conflicts('database'),
    );
}

/** Does `work` on the store that the options name, and leaves nothing open. */
export async function withDatabase(
  context: CommandContext,
  options: DatabaseCommandOptions,
  create: boolean,
  work: (opened: OpenedDatabase, terminal: Terminal) => Promise<void>,
): Promise<void> {
  // Loaded when needed, as no other command uses it.
  const { openDatabase } = await import('@baton/builds/internal');
  const terminal = terminalOf(context, options.json);
  const warn = (line: string) => terminal.note(line);
  const opened = await openDatabase(options, { cwd: context.cwd, env: context.env, create, warn });
  try {
    await work(opened, terminal);
  } finally {
    await opened.close();
  }
}
