import { moment, oneLine, plain } from '@baton/builds/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import { chooseWorkflow, NEWEST } from './choose-workflow.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type PageOptions,
  pageOf,
  print,
  withOperations,
  withPages,
} from './operation-command.ts';

const EXAMPLES = `
baton history
baton history wf_1
baton history wf_1 --page-size 20 --json`;

const DATA_CHARACTERS = 60;

export function historyCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'history', EXAMPLES).argument(
    '[workflow]',
    NEWEST,
  );
  type Options = CommonOptions & PageOptions;
  return withPages(command).action((named: string | undefined, options: Options) =>
    withOperations(context, options, async (operations, terminal) => {
      const workflowId = await chooseWorkflow(named, options, context, terminal, operations);
      const page = await operations.history({ workflowId, ...pageOf(options) });
      print(terminal, page, () => [
        ...table(
          ['#', 'AT', 'FROM', 'TO', 'STATES', 'DATA'],
          page.handoffs.map(({ number, at, fromRole, toRole, fromState, toState, data }) => [
            String(number),
            moment(at),
            plain(fromRole),
            toRole ?? '-',
            `${fromState} → ${toState}`,
            oneLine(JSON.stringify(data), DATA_CHARACTERS),
          ]),
          terminal.room,
        ),
        ...(page.nextPageToken ? [`more with --page-token ${page.nextPageToken}`] : []),
      ]);
    }),
  );
}
