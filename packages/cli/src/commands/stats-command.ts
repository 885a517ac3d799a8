import { duration, plain } from '@baton/builds/internal';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  print,
  withOperations,
} from './operation-command.ts';

const EXAMPLES = `
baton stats shop
baton stats shop --server http://127.0.0.1:7481 --json`;

export function statsCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'stats', EXAMPLES)
    .argument('<project>', 'id of the project')
    .action((projectId: string, options: CommonOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const stats = await operations.projectStats({ projectId });
        const { successRate, averageDurationMs, averageHandoffs } = stats;
        print(terminal, stats, () =>
          fields([
            ['project', plain(stats.projectId)],
            ['builds', stats.total],
            ['complete', stats.completed],
            ['in progress', stats.inProgress],
            ['failed', stats.failed],
            [
              'success rate',
              successRate === undefined ? undefined : `${Math.round(successRate * 100)} %`,
            ],
            [
              'average time',
              averageDurationMs === undefined ? undefined : duration(averageDurationMs),
            ],
            ['average handoffs', averageHandoffs?.toFixed(1)],
            ['fails most in', stats.mostCommonFailurePoint],
          ]),
        );
      }),
    );
}
