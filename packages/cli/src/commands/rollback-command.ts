import { resolve } from 'node:path';
import type { SetAside } from '@baton/adapters/workspace';
import { moment, repositoryOf, restoreFiles, serverOf } from '@baton/builds/internal';
import type { RollbackRequest } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { setAsideText } from '../output/set-aside-text.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  print,
  replyFields,
  withChanges,
  withExpectations,
  withToken,
} from './operation-command.ts';

interface RollbackOptions extends CommonOptions, ExpectationOptions {
  readonly to: string;
  readonly reason: string;
  readonly by?: string;
}

const EXAMPLES = `
baton rollback wf_1 --to planning --reason "the plan was wrong"
baton rollback wf_1 --to implementation --reason "start over" --by ada --server http://127.0.0.1:7481`;

export function rollbackCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'rollback', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .requiredOption('--to <state>', 'a phase on the way that led here')
    .requiredOption('--reason <text>', 'why')
    .option('--by <who>', "role or person (default: the workflow's user)");
  return withToken(withExpectations(command)).action(
    async (workflowId: string, options: RollbackOptions) => {
      const { to, reason, by } = options;
      const request: RollbackRequest = {
        workflowId,
        targetState: to,
        reason,
        by,
        ...expectationsOf(options),
      };
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const reply = await operations.rollback(request);
        // On a server it is the runner that restores the files, where they are.
        if (serverOf(options, context) === undefined) {
          const workspace = repositoryOf(resolve(context.cwd, options.workspace ?? '.'));
          const onSetAside = (aside: SetAside) => terminal.note(setAsideText(aside));
          await restoreFiles({ workspace, workflowId, env: context.env, onSetAside });
        }
        print(terminal, reply, () =>
          fields([
            ...replyFields(reply),
            ['rolled back by', reply.rolledBackBy],
            ['at', moment(reply.at)],
          ]),
        );
      });
    },
  );
}
