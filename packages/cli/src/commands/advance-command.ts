import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import { readJsonArgument } from './json-argument.ts';
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

interface AdvanceOptions extends CommonOptions, ExpectationOptions {
  readonly role: string;
  readonly completed: string;
  readonly result?: string;
  readonly next?: string;
}

const EXAMPLES = `
baton advance wf_1 --role q_assistant --completed discovery --result '{"summary": "…", "requirements": ["…"]}'
baton advance wf_1 --role code_writer --completed handoff_to_coder
my-tool | baton advance wf_1 --role test_auditor --completed testing --result - --json`;

export function advanceCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'advance', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .requiredOption('--role <role>', 'the role that has finished')
    .requiredOption('--completed <state>', 'the state that it has finished: the current one')
    .option('--result <json>', "output of a phase as a JSON object, '@file' or '-' for stdin")
    .option('--next <state>', 'where to, in a state with several ways on; error gives up');
  return withToken(withExpectations(command)).action(
    async (workflowId: string, options: AdvanceOptions) => {
      const { role, completed, result, next } = options;
      const output =
        result === undefined ? undefined : await readJsonArgument('--result', result, context);
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const reply = await operations.advance({
          workflowId,
          role,
          completedState: completed,
          result: output,
          nextState: next,
          ...expectationsOf(options),
        });
        print(terminal, reply, () =>
          fields([...replyFields(reply), ['complete', reply.complete ? 'yes' : undefined]]),
        );
      });
    },
  );
}
