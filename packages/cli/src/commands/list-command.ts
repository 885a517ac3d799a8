import { moment, plain } from '@baton/builds/internal';
import { isCancelled } from '@baton/core';
import { type Command, Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { table } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type PageOptions,
  pageOf,
  print,
  withOperations,
  withPages,
} from './operation-command.ts';

interface ListOptions extends CommonOptions, PageOptions {
  readonly project?: string;
  readonly state?: string;
  readonly role?: string;
  readonly awaiting?: 'answers' | 'approval';
  readonly search?: string;
  readonly newestFirst?: true;
}

const EXAMPLES = `
baton list
baton list --state error --json
baton list --awaiting approval
baton list --newest-first --search dark
baton list --project shop --role code_writer --server http://127.0.0.1:7481`;

export function listCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'list', EXAMPLES)
    .option('--project <id>', 'only those of this project')
    .option('--state <state>', 'only those in this state')
    .option('--role <role>', 'only those in which this role is to act')
    .addOption(
      new Option('--awaiting <kind>', 'only those that wait for a person').choices([
        'answers',
        'approval',
      ]),
    )
    .option('--search <text>', 'only those with this in their build id or user id')
    .option('--newest-first', 'the one that was started last comes first');
  return withPages(command).action((options: ListOptions) =>
    withOperations(context, options, async (operations, terminal) => {
      const { project, state, role, awaiting, search, newestFirst } = options;
      const page = await operations.list({
        ...pageOf(options),
        projectId: project,
        state,
        role,
        awaiting,
        search,
        newestFirst,
      });
      print(terminal, page, () => [
        ...table(
          ['WORKFLOW', 'PROJECT', 'BUILD', 'STATE', 'ROLE', 'DONE', 'RETRIES', 'UPDATED'],
          page.workflows.map((one) => [
            one.workflowId,
            plain(one.projectId),
            plain(one.buildId),
            isCancelled(one) ? `${one.state} (cancelled)` : one.state,
            one.role ?? '-',
            `${one.progressPercent} %`,
            `${one.retries}/${one.maxRetries}`,
            moment(one.updatedAt),
          ]),
          terminal.room,
        ),
        ...(page.nextPageToken ? [`more with --page-token ${page.nextPageToken}`] : []),
      ]);
    }),
  );
}
