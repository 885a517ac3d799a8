import { openMcp } from '@baton/builds';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand } from './operation-command.ts';

interface McpCommandOptions {
  readonly workspace?: string;
  readonly config?: string;
  readonly server?: string;
  readonly user?: string;
}

const EXAMPLES = `
claude mcp add baton -- baton mcp
codex mcp add baton -- baton mcp
baton mcp --workspace ~/shop
baton mcp --server http://127.0.0.1:7481

Agents start it and speak to it on its stdin and stdout (Model Context Protocol). Builds that they start are
performed in this process by the configuration, but for the roles that the agent takes for itself. It ends
when its stdin does; builds under way then wait, and baton resume goes on with them.`;

export function mcpCommand(context: CommandContext, version: string): Command {
  return createCommand(context, 'mcp', EXAMPLES)
    .option('--workspace <repo>', 'root of the git repository to build on (default: this folder)')
    .option('--config <file>', 'how the roles work (default: baton.config.json in the workspace)')
    .option('--server <url>', 'serve the builds of a server (default: BATON_SERVER)')
    .option('--user <id>', "who asks (default: the config's, or the user of this machine)")
    .action(async ({ workspace, config, user, ...options }: McpCommandOptions) => {
      const { env, stdin, stdout, stderr } = context;
      const server =
        options.server ?? (workspace === undefined ? env['BATON_SERVER'] || undefined : undefined);
      if (server !== undefined && (workspace ?? config) !== undefined) {
        throw new BatonError('invalid_input', '--server goes without --workspace and --config');
      }
      const { serveMcpStdio } = await import('@baton/mcp');
      const log = (line: string) => void stderr.write(`${line}\n`);
      const opened = await openMcp({
        ...context,
        workspace,
        config,
        server,
        userId: user,
        version,
        log,
      });
      const connection = serveMcpStdio(opened.mcp, {
        stdin,
        stdout: stdout as never,
        onError: ({ message }) => log(message),
      });
      const interrupted = Promise.withResolvers<void>();
      const forget = context.onInterrupt(() => interrupted.resolve());
      try {
        await Promise.race([connection.ended, interrupted.promise]);
        await connection.close();
      } finally {
        await opened.close();
        forget();
      }
    });
}
