import { openConsole } from '@baton/builds';
import { serverOf } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
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
        const url = await consoleOf(server);
        if (json) terminal.document({ url });
        else terminal.line(url);
        return;
      }
      const atTerminal = context.stdin.isTTY === true && context.stdout.isTTY === true;
      const { link, close } = await openConsole({ ...context, workspace, port, atTerminal });
      const interrupted = new Promise<void>((resolve) => context.onInterrupt(resolve));
      if (json) terminal.document({ kind: 'serving', url: link });
      else terminal.line(`The console is at ${link} until Ctrl-C.`);
      await interrupted;
      await close();
    });
}

const ANSWER_MS = 10_000;

/**
 * The address of a server's console, which answers there.
 *
 * @throws BatonError `invalid_input` for an address that is not HTTP, `unavailable`, `not_found` for a server without one.
 */
async function consoleOf(server: string): Promise<string> {
  const url = URL.canParse(server) ? new URL('/console/', server) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const message = `the console of a server is at its HTTP address: expected http://… or https://…, found ${server}`;
    throw new BatonError('invalid_input', message);
  }
  let answer: Response;
  try {
    answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch (cause) {
    const { message } = BatonError.from(causeOf(cause));
    throw new BatonError('unavailable', `no server answers at ${url.href}: ${message}`, { cause });
  }
  if (!answer.ok) {
    const message = `the server at ${url.origin} has no console: ${url.href} answers with HTTP ${answer.status}`;
    throw new BatonError('not_found', message);
  }
  return url.href;
}

/** What `fetch` fails for. Its own message says that it failed. */
function causeOf(reason: unknown): unknown {
  return reason instanceof Error && reason.cause !== undefined ? reason.cause : reason;
}
