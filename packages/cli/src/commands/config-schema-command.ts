import { configJsonSchema } from '@baton/builds/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand, terminalOf } from './operation-command.ts';

const EXAMPLES = `
baton config-schema > baton.config.schema.json

With "$schema": "./baton.config.schema.json" in baton.config.json an editor completes and checks it.
The package @baton/cli has the same file.`;

export function configSchemaCommand(context: CommandContext): Command {
  return createCommand(context, 'config-schema', EXAMPLES).action(
    ({ json }: { json?: boolean }) => {
      const terminal = terminalOf(context, json);
      const schema = configJsonSchema();
      if (terminal.json) terminal.document(schema);
      else terminal.line(JSON.stringify(schema, undefined, 2));
    },
  );
}
