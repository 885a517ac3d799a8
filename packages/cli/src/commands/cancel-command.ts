import { moment } from '@baton/builds/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { chooseWorkflow } from './choose-workflow.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  print,
  replyFields,
  withChanges,
  withOperations,
  withRepetition,
  withToken,
} from './operation-command.ts';

interface CancelOptions extends CommonOptions, ExpectationOptions {
  readonly reason: string;
  readonly by?: string;
}

const EXAMPLES = `
baton cancel wf_1 --reason "not wanted any more"
baton cancel build-me-a-dark-mode-feature-1f2e3d4c --reason "begun by mistake"
baton cancel wf_1 --reason "the shop closes" --by ada --server http://127.0.0.1:7481

The work under way is withdrawn, and the build waits in error as cancelled. request-retry and rollback take it up
again.`;

export function cancelCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'cancel', EXAMPLES)
    .argument('<workflow>', 'id of the workflow or the build')
    .requiredOption('--reason <text>', 'why, for people who find it stopped')
    .option('--by <who>', "the person who cancels (default: the workflow's user)");
  return withToken(withRepetition(command)).action(
    async (named: string, options: CancelOptions) => {
      const workflowId = await withOperations(context, options, (operations, terminal) =>
        chooseWorkflow(named, options, context, terminal, operations),
      );
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const { reason, by } = options;
        const reply = await operations.cancel({
          workflowId,
          reason,
          by,
          ...expectationsOf(options),
        });
        print(terminal, reply, () =>
          fields([
            ...replyFields(reply),
            ['cancelled by', reply.cancelledBy],
            ['at', moment(reply.at)],
          ]),
        );
      });
    },
  );
}
