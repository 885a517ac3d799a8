import type { Operations } from '@baton/builds';
import { duration, plain } from '@baton/builds/internal';
import { BatonError, type ProjectStats } from '@baton/core';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { projectDaysTable } from '../output/project-days.ts';
import { projectsTable } from '../output/projects-table.ts';
import { fields } from '../output/table.ts';
import {
  type CommonOptions,
  createOperationCommand,
  type PageOptions,
  pageOf,
  print,
  withOperations,
  withPages,
} from './operation-command.ts';

interface StatsOptions extends CommonOptions, PageOptions {
  readonly byDay?: true;
  readonly from?: string;
  readonly to?: string;
}

const EXAMPLES = `
baton stats
baton stats shop
baton stats shop --by-day --from 2026-01-01 --to 2026-02-01
baton stats shop --server http://127.0.0.1:7481 --json

Without a project it lists all that there are, a page at a time. With --by-day it is what happened on each day in UTC, without the day of --to, 366 at most; without a span, on the last 30.`;

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

export function statsCommand(context: CommandContext): Command {
  const command = createOperationCommand(context, 'stats', EXAMPLES)
    .argument('[project]', 'id of the project (default: all projects)')
    .option('--by-day', 'show what happened day by day')
    .option('--from <day>', 'with --by-day: the first day')
    .option('--to <day>', 'with --by-day: the day behind the last one');
  return withPages(command).action((projectId: string | undefined, options: StatsOptions) =>
    withOperations(context, options, async (operations, terminal) => {
      if (projectId === undefined) {
        if (options.byDay) throw misplaced('--by-day', 'goes with a project only');
        if (options.from !== undefined || options.to !== undefined) throw withoutDays();
        const page = await operations.listProjects(pageOf(options));
        const projects = await statsOf(operations, page.projectIds);
        const { nextPageToken } = page;
        return print(terminal, { projects, nextPageToken }, () => [
          ...projectsTable(projects, terminal.room),
          ...(nextPageToken ? [`more with --page-token ${nextPageToken}`] : []),
        ]);
      }
      for (const name of ['pageSize', 'pageToken'] as const) {
        if (command.getOptionValueSource(name) !== 'cli') continue;
        const option = name === 'pageSize' ? '--page-size' : '--page-token';
        throw misplaced(option, 'goes without a project only');
      }
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
          ['cancelled', stats.cancelled],
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

/** Projects that are read at a time. */
const AT_ONCE = 20;

async function statsOf(
  operations: Operations,
  projectIds: readonly string[],
): Promise<readonly ProjectStats[]> {
  const all: ProjectStats[] = [];
  for (let first = 0; first < projectIds.length; first += AT_ONCE) {
    const some = projectIds.slice(first, first + AT_ONCE);
    all.push(
      ...(await Promise.all(some.map((projectId) => operations.projectStats({ projectId })))),
    );
  }
  return all;
}

function withoutDays(): BatonError {
  return misplaced('--from', 'a span goes with --by-day only', '--from and --to');
}

function misplaced(field: string, description: string, what = field): BatonError {
  const violations = [{ field, description }];
  return new BatonError('invalid_input', `${what}: ${description}`, { violations });
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
