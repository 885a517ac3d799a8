import type { Budgets } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { addBudget, BUDGET_HELP } from './budget-option.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  positiveNumber,
  print,
  withChanges,
  withExpectations,
  withToken,
} from './operation-command.ts';
import { refuseUnknownPhases } from './refuse-unknown-phases.ts';
import { replyFields } from './reply-fields.ts';

interface RetryOptions extends CommonOptions, ExpectationOptions {
  readonly reason: string;
  readonly details?: string;
  readonly by?: string;
  readonly to?: string;
  readonly budget?: Budgets;
  readonly timeout?: number;
}

const EXAMPLES = `
baton request-retry wf_1 --reason "the contrast of the menu is too low"
baton request-retry wf_1 --to planning --reason "leave the print styles alone" --by ada
baton request-retry wf_1 --reason "go on" --budget tokens=2000000 --budget implementation.cost=5
baton request-retry wf_1 --reason "go on" --timeout 7200`;

export function requestRetryCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'request-retry', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .requiredOption('--reason <text>', 'what must be done differently')
    .option('--details <text>', 'raw material for it, such as the failing output')
    .option('--by <who>', "role or person (default: the workflow's user)")
    .option('--to <state>', 'an earlier phase than the usual one')
    .option('--budget <name=amount>', BUDGET_HELP, addBudget)
    .option('--timeout <seconds>', 'time until the workflow times out, from now', positiveNumber);
  return withToken(withExpectations(command)).action((workflowId: string, options: RetryOptions) =>
    withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
      const { reason, details, by, to, budget, timeout } = options;
      if (budget !== undefined) await refuseUnknownPhases(operations, workflowId, budget);
      const reply = await operations.requestRetry({
        workflowId,
        reason,
        details,
        by,
        targetState: to,
        budgets: budget,
        timeoutMs: timeout === undefined ? undefined : timeout * 1000,
        ...expectationsOf(options),
      });
      print(terminal, reply, () =>
        fields([...replyFields(reply), ['retries', `${reply.retries} of ${reply.maxRetries}`]]),
      );
    }),
  );
}
