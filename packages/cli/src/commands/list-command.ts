import { moment, plain } from '@baton/builds/internal';
import type { Command } from 'commander';
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
}

const EXAMPLES = `
baton list
baton list --state error --json
baton list --project shop --role code_writer --server http://127.0.0.1:7481`;

export function listCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'list', EXAMPLES)
    .option('--project <id>', 'only those of this project')
    .option('--state <state>', 'only those in this state')
    .option('--role <role>', 'only those in which this role is to act');
  return withPages(command).action((options: ListOptions) =>
    withOperations(context, options, async (operations, terminal) => {
      const { project, state, role } = options;
      const page = await operations.list({
        ...pageOf(options),
        projectId: project,
        state,
        role,
      });
      print(terminal, page, () => [
        ...table(
          ['WORKFLOW', 'PROJECT', 'BUILD', 'STATE', 'ROLE', 'DONE', 'RETRIES', 'UPDATED'],
          page.workflows.map((one) => [
            one.workflowId,
            plain(one.projectId),
            plain(one.buildId),
            one.state,
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
