import { openConsole } from '@baton/builds';
import { serverOf } from '@baton/builds/internal';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand, terminalOf, wholeNumber } from './operation-command.ts';

interface ConsoleCommandOptions {
  readonly workspace?: string;
  readonly server?: string;
  readonly port: number;
  readonly json?: boolean;
}

const EXAMPLES = `
baton console
baton console --workspace ~/shop --port 7490
baton console --server https://baton.example

It prints a link for a browser on this machine, and serves the builds of a repository until Ctrl-C. The key in the link
lets the one who has it look and decide: it is new each time, and shown here alone. Without a terminal, decisions take
the approval token of their build in BATON_APPROVAL_TOKEN. A server has its console itself: for one, only the link is
printed.`;

export function consoleCommand(context: CommandContext): Command {
  return createCommand(context, 'console', EXAMPLES)
    .option('--server <url>', 'the server whose console it is (default: BATON_SERVER)')
    .addOption(
      new Option(
        '--workspace <repo>',
        'the repository whose builds are shown (default: this folder)',
      ).conflicts('server'),
    )
    .option('--port <n>', 'the port on 127.0.0.1, 0 for any free one', wholeNumber, 0)
    .action(async (options: ConsoleCommandOptions) => {
      const { workspace, port, json } = options;
      const terminal = terminalOf(context, json);
      const server = serverOf(options, context);
      if (server !== undefined) {
        const url = new URL('/console/', server).href;
        if (json) terminal.document({ url });
        else terminal.line(url);
        return;
      }
      const atTerminal = context.stdin.isTTY === true && context.stdout.isTTY === true;
      const { link, close } = await openConsole({ ...context, workspace, port, atTerminal });
      if (json) terminal.document({ kind: 'serving', url: link });
      else terminal.line(`The console is at ${link} until Ctrl-C.`);
      await new Promise<void>((resolve) => context.onInterrupt(resolve));
      await close();
    });
}
