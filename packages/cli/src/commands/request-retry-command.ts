import type { Operations } from '@baton/builds';
import { BatonError, type Budget, type Budgets } from '@baton/core';
import { type Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type ExpectationOptions,
  expectationsOf,
  positiveNumber,
  print,
  replyFields,
  withChanges,
  withExpectations,
  withToken,
} from './operation-command.ts';

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

/** Amounts as people name them, and what they are in a budget. */
const AMOUNTS: Readonly<Record<string, (amount: number) => Budget>> = {
  tokens: (tokens) => ({ tokens }),
  cost: (cost) => ({ cost }),
  wallSeconds: (seconds) => ({ wallMs: Math.ceil(seconds * 1000) }),
};

export const BUDGET_HELP = `a cap, repeatable: ${Object.keys(AMOUNTS).join(', ')}; of one phase as implementation.tokens=…`;

/** Adds `[<phase>.]<name>=<amount>` to the caps that were named before it. */
export function addBudget(text: string, before: Budgets | undefined): Budgets {
  const [, phase, name = '', amount = ''] = /^(?:([^=]+)\.)?([^.=]+)=(.+)$/.exec(text) ?? [];
  const value = Number(amount);
  const toBudget = Object.hasOwn(AMOUNTS, name) ? AMOUNTS[name] : undefined;
  if (toBudget === undefined || !(Number.isFinite(value) && value > 0)) {
    const names = Object.keys(AMOUNTS).join(', ');
    throw new InvalidArgumentError(
      `Expected [<phase>.]<name>=<amount above 0>, the name one of ${names}.`,
    );
  }
  const budget = toBudget(value);
  if (phase === undefined) return { ...before, ...budget };
  const phases = before?.phases ?? {};
  return { ...before, phases: { ...phases, [phase]: { ...phases[phase], ...budget } } };
}

/**
 * Refuses caps of phases that a workflow does not have: they would never be reached.
 *
 * @throws BatonError `invalid_input` with the phases that there are.
 */
export async function refuseUnknownPhases(
  operations: Operations,
  workflowId: string,
  { phases = {} }: Budgets,
): Promise<void> {
  const named = Object.keys(phases);
  if (named.length === 0) return;
  const { definition } = await operations.status({ workflowId });
  const { name, version } = definition;
  const { states } = await operations.describeDefinition({ name, version });
  const legal = states.filter(({ kind }) => kind === 'phase').map((state) => state.name);
  const unknown = named.find((phase) => !legal.includes(phase));
  if (unknown === undefined) return;
  const description = `there is no phase '${unknown}'; phases: ${legal.join(', ')}`;
  const violations = [{ field: `--budget ${unknown}`, description }];
  throw new BatonError('invalid_input', `--budget: ${description}`, { violations, legal });
}
