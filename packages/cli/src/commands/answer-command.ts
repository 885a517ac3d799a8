import { plain } from '@baton/builds/internal';
import { BatonError, type WorkflowStatus } from '@baton/core';
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

interface AnswerOptions extends CommonOptions, ExpectationOptions {
  readonly by?: string;
}

const EXAMPLES = `
baton answer wf_1 "Dark blue"
baton answer wf_1 q2 "Yes, on phones too" --by ada
baton answer wf_1 q2 Yes --server http://127.0.0.1:7481 --json

With the last open question answered the build goes on: the command resume performs it.`;

export function answerCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'answer', EXAMPLES)
    .argument('<workflow>', 'id of the workflow')
    .argument(
      '[question]',
      'id of the question, as status shows it; not needed for the only open one',
    )
    .argument('[answer]', 'the answer: one of the choices, if there are any')
    .usage('[options] <workflow> [question] <answer>')
    .option('--by <who>', "the person who answers (default: the workflow's user)");
  return withToken(withRepetition(command)).action(
    async (
      workflowId: string,
      first: string | undefined,
      second: string | undefined,
      options: AnswerOptions,
    ) => {
      if (first === undefined) throw noAnswer();
      await withChanges(context, { ...options, workflowId }, async (operations, terminal) => {
        const status = await operations.status({ workflowId });
        const reply = await operations.answerQuestion({
          workflowId,
          questionId: second === undefined ? onlyOpen(status) : first,
          answer: second ?? first,
          by: options.by ?? status.userId,
          ...expectationsOf(options),
        });
        print(terminal, reply, () =>
          fields([...replyFields(reply), ['still open', reply.openQuestionIds.join(', ')]]),
        );
      });
    },
  );
}

function noAnswer(): BatonError {
  return new BatonError('invalid_input', "missing required argument 'answer'; see --help");
}

/** @throws BatonError `wrong_state` without an open question, `invalid_input` with several. */
function onlyOpen({ workflowId, questions }: WorkflowStatus): string {
  const open = questions.filter(({ answer }) => answer === undefined);
  const [only, another] = open;
  if (only === undefined) {
    throw new BatonError('wrong_state', `workflow ${workflowId} has no open question`);
  }
  if (another === undefined) return only.id;
  const legal = open.map(({ id }) => id);
  const texts = open.map(({ id, text }) => `\n  ${id}: ${plain(text)}`).join('');
  const message = `workflow ${workflowId} has ${open.length} open questions, name one:${texts}`;
  throw new BatonError('invalid_input', message, { legal });
}
