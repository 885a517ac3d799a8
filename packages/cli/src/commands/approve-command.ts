import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  print,
  replyFields,
  withChanges,
  withRepetition,
  withToken,
} from './operation-command.ts';

interface ApproveOptions extends CommonOptions, ExpectationOptions {
  readonly by: string;
  readonly reject?: true;
  readonly reason?: string;
  readonly to?: string;
  readonly expectedCheckpoint?: string;
}

const EXAMPLES = `
baton approve wf_1 --by ada
baton approve wf_1 --by ada --reason "looked at the staging site"
baton approve wf_1 --by ada --reject --reason "the contrast is too low"
baton approve wf_1 --by ada --reject --reason "another plan" --to planning

Approved, the build moves on; rejected, the work goes back with the reason. The command resume performs it.`;

export function approveCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'approve', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .requiredOption('--by <who>', 'the person who decides: named in the audit trail')
    .option('--reject', 'send the work back instead')
    .option('--reason <text>', 'why; needed to reject: the feedback for the role')
    .option('--to <state>', 'when rejected: an earlier phase than the usual one')
    .option(
      '--expected-checkpoint <digest>',
      'refuse the decision when the files are at another checkpoint than the one looked at',
    );
  return withToken(withRepetition(command)).action(
    async (workflowId: string, options: ApproveOptions) => {
      const { by, reject = false, reason, to, expectedCheckpoint } = options;
      if (reject && reason === undefined) throw wrong('--reason', 'is needed with --reject');
      if (!reject && to !== undefined) throw wrong('--to', 'goes with --reject only');
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const reply = await operations.decideApproval({
          workflowId,
          approved: !reject,
          by,
          reason,
          targetState: to,
          expectedCheckpoint,
          ...expectationsOf(options),
        });
        print(terminal, reply, () =>
          fields([...replyFields(reply), ['approved', reply.approved ? 'yes' : 'no']]),
        );
      });
    },
  );
}

function wrong(field: string, description: string): BatonError {
  const violations = [{ field, description }];
  return new BatonError('invalid_input', `${field}: ${description}`, { violations });
}
