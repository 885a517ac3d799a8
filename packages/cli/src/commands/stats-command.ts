import { duration, plain } from '@baton/builds/internal';
import { BatonError } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { projectDaysTable } from '../output/project-days.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  print,
  withOperations,
} from './operation-command.ts';

interface StatsOptions extends CommonOptions {
  readonly byDay?: true;
  readonly from?: string;
  readonly to?: string;
}

const EXAMPLES = `
baton stats shop
baton stats shop --by-day --from 2026-01-01 --to 2026-02-01
baton stats shop --server http://127.0.0.1:7481 --json

With --by-day it is what happened on each day in UTC, without the day of --to, 366 at most; without a span, on the last 30.`;

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

export function statsCommand(context: CommandContext): Command {
  return createOperationCommand(context, 'stats', EXAMPLES)
    .argument('<project>', 'id of the project')
    .option('--by-day', 'show what happened day by day')
    .option('--from <day>', 'with --by-day: the first day')
    .option('--to <day>', 'with --by-day: the day behind the last one')
    .action((projectId: string, options: StatsOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const now = Date.now();
        const {
          byDay,
          from = dayOf(now - (USUAL_DAYS - 1) * DAY_MS),
          to = dayOf(now + DAY_MS),
        } = options;
        if (byDay) {
          const span = { projectId, from, to };
          const days = await operations.projectHistory(span);
          return print(terminal, { ...span, days }, () => projectDaysTable(days, terminal.room));
        }
        if (options.from !== undefined || options.to !== undefined) throw withoutDays();
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

function withoutDays(): BatonError {
  const description = 'a span goes with --by-day only';
  const violations = [{ field: '--from', description }];
  return new BatonError('invalid_input', `--from and --to: ${description}`, { violations });
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
