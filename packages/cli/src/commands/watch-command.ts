import { moment, oneLine, plain } from '@baton/builds/internal';
import type { Progress, WorkflowEvent } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { describeEvent } from '../output/describe-event.ts';
import type { Terminal } from '../output/terminal.ts';
import { chooseWorkflow, NEWEST } from './choose-workflow.ts';
import { interruptible } from './interruptible.ts';
import {
  type CommonOptions,
  createOperationCommand,
  wholeNumber,
  withOperations,
} from './operation-command.ts';

interface WatchOptions extends CommonOptions {
  readonly after: number;
  readonly follow: boolean;
}

const SAID_CHARACTERS = 300;

const EXAMPLES = `
baton watch
baton watch wf_1
baton watch wf_1 --after 12 --json
baton watch wf_1 --no-follow

Between the events it shows what roles say of their work: with --json as {"progress": …}.`;

export function watchCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'watch', EXAMPLES)
    .argument('[workflow]', NEWEST)
    .option('--after <n>', 'begin after this event', wholeNumber, 0)
    .option('--no-follow', 'end with what has been written so far')
    .action((named: string | undefined, { after, follow, ...options }: WatchOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const workflowId = await chooseWorkflow(named, options, context, terminal, operations);
        const request = { workflowId, afterSequence: after, follow };
        const heard = (progress: Progress) => showProgress(terminal, progress);
        await interruptible(context, async (signal) => {
          try {
            for await (const event of operations.watch(request, signal, heard)) {
              showEvent(terminal, event);
            }
          } catch (reason) {
            if (!signal.aborted) throw reason;
          }
          if (signal.aborted) context.exit(EXIT.interrupted);
        });
      }),
    );
}

function showEvent(terminal: Terminal, event: WorkflowEvent): void {
  if (terminal.json) {
    terminal.document(event);
    return;
  }
  const { sign, text } = describeEvent(event);
  // Roles hand over, workers perform: which one it was, no other event says.
  const worker = event.type === 'assignment_claimed' ? `  by ${plain(event.triggeredBy)}` : '';
  const number = String(event.sequence).padStart(4);
  terminal.line(`${number}  ${moment(event.at)}  ${sign} ${text}${worker}`);
}

/** What a role says of its work: between the events, without a number of its own. */
function showProgress(terminal: Terminal, progress: Progress): void {
  if (terminal.json) {
    terminal.document({ progress });
    return;
  }
  const { at, role, message } = progress;
  const said = `      ${moment(at)}  · ${role}: ${oneLine(message, SAID_CHARACTERS)}`;
  terminal.line(terminal.style('dim', said));
}
