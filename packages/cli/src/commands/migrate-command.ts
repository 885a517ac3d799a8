import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand, terminalOf } from './operation-command.ts';

interface MigrateOptions {
  readonly database?: string;
  readonly dryRun?: boolean;
  readonly json?: true;
}

const EXAMPLES = `
baton migrate --database postgres://baton@db/baton
baton migrate --database postgres://baton@db/baton --dry-run > migration.sql

Stores migrate themselves when they are opened, if their user may change tables. Use this to do
it apart from that, or as another user of the database.`;

export function migrateCommand(context: CommandContext): Command {
  return createCommand(context, 'migrate', EXAMPLES)
    .option('--database <url>', 'postgres://… or sqlite:<path> (DATABASE_URL)')
    .option('--dry-run', 'print the SQL and change nothing')
    .action(async ({ database, dryRun = false, json }: MigrateOptions) => {
      const url = database ?? context.env['DATABASE_URL'];
      if (!url) {
        const message = 'name the database with --database or DATABASE_URL';
        throw new BatonError('invalid_input', message);
      }
      const { describeStoreUrl, migrateStore } = await import('@baton/adapters/open-store');
      const migration = await migrateStore(url, { dryRun });
      const terminal = terminalOf(context, json);
      if (json) return terminal.document({ ...migration, dryRun });
      const name = describeStoreUrl(url);
      switch (migration.kind) {
        case 'on_opening':
          return terminal.note(`${name} migrates itself whenever it is opened: nothing to do`);
        case 'no_tables':
          return terminal.note(`${name} has no tables: nothing to do`);
        case 'sql':
          if (migration.sql === '') return terminal.note(`${name} is up to date`);
          if (dryRun) return terminal.line(migration.sql);
          return terminal.note(`${name} was brought up to date`);
      }
    });
}
