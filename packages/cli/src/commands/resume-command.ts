import { resumeBuild } from '@baton/builds';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand } from './operation-command.ts';
import { performForUser } from './perform-command.ts';

interface ResumeOptions {
  readonly workspace: string;
  readonly config?: string;
  readonly token?: string;
  readonly json?: true;
}

const EXAMPLES = `
baton resume
baton resume wf_1 --workspace ~/shop
baton resume build-me-a-dark-mode-feature-1f2e3d4c --json`;

export function resumeCommand(context: CommandContext): Command {
  return createCommand(context, 'resume', EXAMPLES)
    .argument('[id]', 'id of the workflow or the build (default: the newest that is not complete)')
    .option('--workspace <repo>', 'root of the git repository that it builds on', '.')
    .option('--config <file>', 'how the roles work (default: the config that it began with)')
    .option(
      '--token <token>',
      'its approval token: lets it go on by a config that demands less of people than before',
    )
    .action(async (id: string | undefined, { json, ...options }: ResumeOptions) => {
      await performForUser(context, json, (performing) =>
        resumeBuild({ ...performing, ...options, id }),
      );
    });
}
