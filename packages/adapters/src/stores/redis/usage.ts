import {
  addCounters,
  NO_USAGE_COUNTERS,
  USAGE_COUNTERS,
  type UsageDelta,
  type UsageQuery,
  type UsageSum,
} from '@baton/core';
import { pageOfGroups } from '@baton/core/internal';
import type { Connection } from './connection.ts';
import { replyPrefix, unreadable } from './errors.ts';
import type { Keys } from './keys.ts';

/*
 * What a project has used is counted in hashes, one a month in each shard. A field is a day of the month, a role and
 * a model as JSON, its value the counters in the order of USAGE_COUNTERS. The writing scripts get them among the
 * outputs to withdraw, as `u<n>:<month>:<field>|<counts>`: n is the number of the month among those of the call,
 * from 0, and of its key behind the others. An older version of Baton that carries out such a call for another
 * finds no such output, and counts nothing.
 */

export function usageArguments(usage: readonly UsageDelta[]): string[] {
  const months = monthsOf(usage.map(({ day }) => day));
  return usage.map((delta) => {
    const { day, role, model } = delta;
    const month = monthOf(day);
    const field = JSON.stringify([day.slice(month.length + 1), role, model]);
    const counts = USAGE_COUNTERS.map((counter) => delta[counter]).join(' ');
    return `u${months.indexOf(month)}:${month}:${field}|${counts}`;
  });
}

/** The months of such arguments, in the order of their numbers. */
export function monthsOfArguments(args: readonly string[]): readonly string[] {
  const months = args.map((arg) => /^u\d+:(\d{4}-\d\d):\[/.exec(arg)?.[1]);
  return [...new Set(months.filter((month) => month !== undefined))];
}

/** Reads every month of every shard in one pipeline, and adds them up. */
export async function readUsage(
  connection: Connection,
  keys: Keys,
  { projectId, from, to, byDay, after, limit }: UsageQuery,
): Promise<readonly UsageSum[]> {
  const shards = Array.from({ length: keys.shards }, (_, shard) => shard);
  const sums = new Map<string, UsageSum>();
  await Promise.all(
    monthsBetween(from, to).flatMap((month) =>
      shards.map(async (shard) => {
        const key = keys.usage(shard, projectId, month);
        for (const [field, text] of Object.entries(await readHash(connection, key))) {
          const { day, ...more } = parseField(key, field, text);
          const { role, model } = more;
          const date = `${month}-${day}`;
          if (date < from || date >= to) continue;
          const by = { role, model, ...(byDay && { day: date }) };
          const group = JSON.stringify(by);
          sums.set(group, {
            ...by,
            ...addCounters(sums.get(group) ?? NO_USAGE_COUNTERS, more),
          });
        }
      }),
    ),
  );
  return pageOfGroups([...sums.values()], after, limit);
}

async function readHash(
  { client }: Connection,
  key: string,
): Promise<Readonly<Record<string, string>>> {
  try {
    return await client.hgetall(key);
  } catch (reason) {
    throw replyPrefix(reason) === 'WRONGTYPE'
      ? unreadable(key, (reason as Error).message, reason)
      : reason;
  }
}

/** @throws BatonError `data_loss`. */
function parseField(key: string, field: string, text: string): UsageDelta {
  const [day, role, model] = parseNames(field);
  const counts = text.split(' ').map(Number);
  if (day === undefined || role === undefined || model === undefined) {
    throw unreadable(key, `'${field}' is no day, role and model`);
  }
  if (counts.length !== USAGE_COUNTERS.length || !counts.every(Number.isSafeInteger)) {
    throw unreadable(key, `${field} is no list of ${USAGE_COUNTERS.length} whole numbers`);
  }
  const counters = USAGE_COUNTERS.map((counter, i) => [counter, counts[i] as number] as const);
  return {
    day,
    role,
    model,
    ...(Object.fromEntries(counters) as Record<(typeof USAGE_COUNTERS)[number], number>),
  };
}

function parseNames(field: string): readonly (string | undefined)[] {
  try {
    const names: unknown = JSON.parse(field);
    return Array.isArray(names) && names.every((name) => typeof name === 'string') ? names : [];
  } catch {
    return [];
  }
}

const monthOf = (day: string): string => day.slice(0, 'yyyy-mm'.length);

/** Each month once, in the order of the days. */
export function monthsOf(days: readonly string[]): readonly string[] {
  return [...new Set(days.map(monthOf))];
}

const DAY_MS = 86_400_000;

function monthsBetween(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += DAY_MS) {
    days.push(new Date(at).toISOString());
  }
  return monthsOf(days);
}
