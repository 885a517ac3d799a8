import { BatonError, type UsageRow } from '@baton/core';
import { Option } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { usageCsv, usageTable } from '../output/usage-rows.ts';
import {
  type CommonOptions,
  createOperationCommand,
  print,
  withOperations,
} from './operation-command.ts';

interface UsageOptions extends CommonOptions {
  readonly project?: string;
  readonly from?: string;
  readonly to?: string;
  readonly csv?: true;
  readonly byDay?: true;
}

const EXAMPLES = `
baton usage --project shop
baton usage --project shop --from 2026-01-01 --to 2026-02-01 --csv > january.csv
baton usage --project shop --by-day
baton usage --project shop --server http://127.0.0.1:7481 --json

What the attempts at a project's phases have used, by role and model, whatever came of them. A span is counted in days in
UTC by when the attempts ended, without the day of --to, 366 at most; without one it is this month so far. The model is what the
worker declared. The cost is in the currency of the price table, without requests whose price is not known.`;

const DAY_MS = 86_400_000;
/** Rows that are read at once. */
const PAGE = 1000;

export function usageCommand(context: CommandContext) {
  return createOperationCommand(context, 'usage', EXAMPLES)
    .option('--project <id>', 'id of the project')
    .option('--from <day>', 'the first day (default: the first of this month)')
    .option('--to <day>', 'the day behind the last one (default: tomorrow)')
    .option('--by-day', 'a row for each day')
    .addOption(new Option('--csv', 'print comma-separated values, for billing').conflicts('json'))
    .action((options: UsageOptions) =>
      withOperations(context, options, async (operations, terminal) => {
        const { project: projectId, csv, byDay } = options;
        if (projectId === undefined) {
          const description = 'is missing: the id of a project';
          throw new BatonError('invalid_input', `--project: ${description}`, {
            violations: [{ field: '--project', description }],
          });
        }
        const now = Date.now();
        const { from = `${dayOf(now).slice(0, -2)}01`, to = dayOf(now + DAY_MS) } = options;
        const span = { projectId, from, to };
        const rows: UsageRow[] = [];
        for (let pageToken: string | undefined; ; ) {
          const page = await operations.usage({ ...span, byDay, pageSize: PAGE, pageToken });
          rows.push(...page.rows);
          pageToken = page.nextPageToken;
          if (pageToken === undefined) break;
        }
        if (csv) return terminal.write(usageCsv(span, rows));
        return print(terminal, { ...span, rows }, () => usageTable(rows, terminal.room));
      }),
    );
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
