import { clientOf, moment, plain } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Allowed, CallerDescription } from '@baton/core/api';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';

interface WhoamiOptions {
  readonly server?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
baton whoami --server http://127.0.0.1:7481
baton whoami --json

A server knows a caller by what BATON_TOKEN holds: an API key or a token.`;

export function whoamiCommand(context: CommandContext): Command {
  return createCommand(context, 'whoami', EXAMPLES)
    .option('--server <url>', 'the server to ask (default: BATON_SERVER)')
    .action(async (options: WhoamiOptions) => {
      const { env } = context;
      const server = options.server ?? (env['BATON_SERVER'] || undefined);
      if (server === undefined) throw noServer();
      const client = await clientOf(server, env);
      try {
        const caller = await client.describeCaller();
        const terminal = terminalOf(context, options.json);
        print(terminal, caller, () => fields(callerFields(caller), terminal.room));
      } finally {
        client.close();
      }
    });
}

const SHOWN_BY: Readonly<Record<CallerDescription['shownBy'], string>> = {
  nothing: 'nothing: this server lets each caller do everything',
  api_key: 'an API key',
  token: 'a token',
  certificate: 'a certificate',
};

function callerFields(caller: CallerDescription): readonly (readonly [string, string])[] {
  const { expiresAt } = caller;
  return [
    ['name', plain(caller.name)],
    ['shown by', SHOWN_BY[caller.shownBy] ?? plain(caller.shownBy)],
    ['expires', expiresAt === undefined ? 'never' : moment(expiresAt)],
    ['may', caller.permissions.map(plain).join(', ')],
    ['in projects', textOf(caller.projects)],
    ['as roles', textOf(caller.roles)],
    ['in the name of', textOf(caller.actors, 'itself alone')],
    ['attests', caller.attests ? 'yes' : 'no'],
  ];
}

function textOf({ any, names }: Allowed, none = 'none'): string {
  return any ? 'any' : plain(names.join(', ')) || none;
}

function noServer(): BatonError {
  const description = 'is missing: the address of a server, or set BATON_SERVER';
  const violations = [{ field: '--server', description }];
  return new BatonError('invalid_input', `--server: ${description}`, { violations });
}
