import { z } from 'zod';
import { BatonError } from '../model/errors.ts';
import { type UsageRequest, usageRequest } from '../model/requests.ts';
import { BEHIND_TALLIES } from '../model/tallies.ts';
import { DAY_MS, NANOS, type UsageSum } from '../model/usage-counters.ts';
import type { UsagePage, UsageRow } from '../model/views.ts';
import type { OrchestratorContext } from './context.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { validate } from './validate.ts';

const MOST_DAYS = 366;

const position = z.strictObject({
  role: z.string(),
  model: z.string(),
  day: z.string().optional(),
});

export async function usage(
  context: OrchestratorContext,
  request: UsageRequest,
): Promise<UsagePage> {
  const checked = validate(usageRequest, request, 'the usage request');
  const { projectId, from, to, pageSize, pageToken } = checked;
  const byDay = checked.byDay || undefined;
  refuseSpan('the usage request', from, to);
  const query = { list: 'usage', projectId, from, to, rows: byDay && 'by day' };
  const after =
    pageToken === undefined ? BEHIND_TALLIES : decodePageToken(pageToken, query, position);
  // One more tells whether there is another page.
  const limit = pageSize + 1;
  const found = await context.store.readUsage({ projectId, from, to, byDay, after, limit });
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const more = found.length > pageSize && last !== undefined;
  return {
    rows: page.map(toRow),
    nextPageToken: more
      ? encodePageToken(query, { role: last.role, model: last.model, day: last.day })
      : undefined,
  };
}

/** @throws BatonError `invalid_input`. */
export function refuseSpan(what: string, from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days >= 1 && days <= MOST_DAYS) return;
  const description = `expected a day 1 to ${MOST_DAYS} days after 'from', ${from}; found ${to}`;
  throw new BatonError('invalid_input', `${what} is not valid: to: ${description}`, {
    violations: [{ field: 'to', description }],
  });
}

function toRow({ costNanos, unsettledCostNanos, day, ...counters }: UsageSum): UsageRow {
  return { ...counters, day, cost: costNanos / NANOS, unsettledCost: unsettledCostNanos / NANOS };
}
