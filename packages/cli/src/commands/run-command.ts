import { runBuild } from '@baton/builds';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand } from './operation-command.ts';
import { performForUser } from './perform-command.ts';

interface RunCommandOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly server?: string;
  readonly project?: string;
  readonly build?: string;
  readonly user?: string;
  readonly new?: true;
  readonly record?: string;
  readonly replay?: string;
  readonly recordModels?: string;
  readonly replayModels?: string;
  readonly json?: true;
}

const EXAMPLES = `
baton run "Build me a dark mode feature" --workspace ~/shop
baton run "Build me a dark mode feature" --workspace ~/shop --config roles.json --json
baton run "Build me a dark mode feature" --workspace ~/shop --server http://127.0.0.1:7481
baton run "Build me a dark mode feature" --workspace ~/shop --record dark-mode.cassette.json
baton run "Build me a dark mode feature" --workspace ~/shop --new

The same command goes on with a build that was interrupted, shows one that has ended, and follows
one that another process performs. The work is in a git worktree of its own: your files, branches
and index are left alone, and a complete build ends on a new branch. When it waits for a
person, it asks at the terminal; without one it ends with exit code 7: answer or approve, then resume.`;

export function runCommand(context: CommandContext): Command {
  return createCommand(context, 'run', EXAMPLES)
    .argument('<request>', 'what to build')
    .option('--workspace <repo>', 'root of the git repository to build on', '.')
    .option('--config <file>', 'how the roles work (default: baton.config.json in the workspace)')
    .option(
      '--server <url>',
      'keep the state on a server (default: BATON_SERVER, or on this machine)',
    )
    .option('--project <id>', "the project (default: the config's, or the folder's name)")
    .option('--build <id>', 'the build (default: made from the request and the workspace)')
    .option('--user <id>', "who asks for it (default: the config's, or the user of this machine)")
    .option('--new', 'begin another build if the last one of this request has ended')
    .option('--record <file>', 'record what the configured roles answer in a cassette')
    .option('--replay <file>', 'take what the roles answer from a cassette')
    .option('--record-models <file>', 'record what models answer, those that agents ask included')
    .option('--replay-models <file>', 'take what models answer from there: no model is asked')
    .action(async (request: string, options: RunCommandOptions) => {
      const { record, replay, recordModels, replayModels } = options;
      const { build, workspace, config, json } = options;
      if (record !== undefined && replay !== undefined) {
        throw invalid('--record', 'goes without --replay: what is replayed was recorded before');
      }
      if (options.new && build !== undefined) {
        throw invalid('--new', 'goes without --build: name another build instead');
      }
      const server = options.server ?? (context.env['BATON_SERVER'] || undefined);
      await performForUser(context, json, (performing) =>
        runBuild({
          ...performing,
          request,
          workspace,
          config,
          server,
          record,
          replay,
          recordModels,
          replayModels,
          projectId: options.project,
          buildId: build,
          userId: options.user,
          another: options.new,
        }),
      );
    });
}

function invalid(field: string, description: string): BatonError {
  return new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}
