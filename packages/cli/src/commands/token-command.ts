import { resolve } from 'node:path';
import {
  createApprovalTokens,
  openEmbedded,
  repositoryOf,
  takesGivenToken,
} from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { createCommand, print, terminalOf } from './operation-command.ts';

interface TokenOptions {
  readonly workspace: string;
  readonly json?: true;
}

const EXAMPLES = `
baton token wf_1
baton token wf_1 --workspace ~/shop

The token is for approve, answer, request-retry, rollback and advance on a build that was run in the
workspace. It holds until the build moves on, as do those that were shown for it before. It is shown at a
terminal only, so that no file and no log has it.`;

export function tokenCommand(context: CommandContext): Command {
  return createCommand(context, 'token', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .option('--workspace <repo>', 'the repository whose own database keeps the state', '.')
    .action(async (workflowId: string, { workspace, json }: TokenOptions) => {
      if (context.stdin.isTTY !== true || context.stdout.isTTY !== true) {
        throw new BatonError(
          'not_owner',
          'an approval token is shown at a terminal only: stdin and stdout have to be one; without a terminal, begin builds with BATON_APPROVAL_TOKEN',
        );
      }
      const { cwd, env } = context;
      const repository = repositoryOf(resolve(cwd, workspace));
      const opened = await openEmbedded({ workspace: repository, create: false, env });
      const { store, folder, key, close } = opened;
      try {
        const loaded = await store.load(workflowId);
        if (loaded === undefined) {
          throw new BatonError('not_found', `there is no workflow '${workflowId}'`);
        }
        if (takesGivenToken(loaded.snapshot)) {
          const message = `workflow ${workflowId} was begun with BATON_APPROVAL_TOKEN, and takes that token`;
          throw new BatonError('wrong_state', message);
        }
        const tokens = createApprovalTokens(folder.seals, key);
        const refused = tokens.refused(workflowId);
        const token = tokens.issue(loaded.snapshot);
        print(terminalOf(context, json), { workflowId, token, refused }, () => [
          token,
          ...(refused === 0 ? [] : [`Changes refused for want of the right token: ${refused}`]),
        ]);
      } finally {
        await close();
      }
    });
}
