import { type ProjectHistoryRequest, projectHistoryRequest } from '../model/requests.ts';
import { type Tally, tallyIn } from '../model/tallies.ts';
import type { UsageSum } from '../model/usage-counters.ts';
import type { ProjectDay } from '../model/views.ts';
import type { OrchestratorContext } from './context.ts';
import { refuseSpan } from './usage.ts';
import { validate } from './validate.ts';

/** Rows that are read at once. */
const PAGE = 1000;

/** The days on which something happened, in order. */
export async function projectHistory(
  { store }: OrchestratorContext,
  request: ProjectHistoryRequest,
): Promise<readonly ProjectDay[]> {
  const span = validate(projectHistoryRequest, request, 'the history request');
  refuseSpan('the history request', span.from, span.to);
  const days = new Map<string, Drafted>();
  let after: UsageSum | undefined;
  for (let more = true; more; ) {
    const rows = await store.readUsage({ ...span, byDay: true, after, limit: PAGE });
    for (const row of rows) {
      const tally = tallyIn(row);
      if (tally === undefined || row.day === undefined) continue;
      const day = days.get(row.day) ?? emptyDay(row.day);
      days.set(row.day, day);
      if (Object.hasOwn(ADD, tally)) ADD[tally](day, row);
    }
    after = rows.at(-1);
    // What roles have used comes behind all tallies.
    more = rows.length === PAGE && after !== undefined && tallyIn(after) !== undefined;
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

type Drafted = { -readonly [K in keyof ProjectDay]: Writable<ProjectDay[K]> };
type Writable<T> = T extends object ? { -readonly [K in keyof T]: T[K] } : T;

function emptyDay(day: string): Drafted {
  return {
    ...{ day, started: 0, completed: 0, completedDurationMs: 0 },
    ...{ failures: {}, cancellations: {}, retries: {}, rollbacks: {}, phases: {} },
  };
}

/** Where each tally goes; a newer version of Baton may have counted others. */
const ADD: Readonly<Record<Tally, (day: Drafted, row: UsageSum) => void>> = {
  started: (day, { attempts }) => {
    day.started = attempts;
  },
  completed: (day, { attempts, durationMs }) => {
    day.completed = attempts;
    day.completedDurationMs = durationMs;
  },
  failed: ({ failures }, { model, attempts }) => {
    failures[model] = attempts;
  },
  cancelled: ({ cancellations }, { model, attempts }) => {
    cancellations[model] = attempts;
  },
  retried: ({ retries }, { model, attempts }) => {
    retries[model] = attempts;
  },
  rolled_back: ({ rollbacks }, { model, attempts }) => {
    rollbacks[model] = attempts;
  },
  performed: ({ phases }, { model, attempts, durationMs }) => {
    phases[model] = { count: attempts, durationMs };
  },
};
