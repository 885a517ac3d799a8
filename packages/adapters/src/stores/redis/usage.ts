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
 * What a project has used is counted in hashes, one a month in each shard. A field is a day of the month and, as
 * JSON, a role, a model and a counter. The writing scripts get the counters as `u<n>:<month>:<field>`, where n is
 * the number of the month among those of the call, from 0, and of its key behind the others. An older version
 * of Baton that carries out such a call for another adds them to the counters of the project, where nobody looks.
 */

type Counter = (typeof USAGE_COUNTERS)[number];

/** Names and increments, alternating. */
export function usageArguments(usage: readonly UsageDelta[]): string[] {
  const months = monthsOf(usage.map(({ day }) => day));
  return usage.flatMap((delta) => {
    const { day, role, model } = delta;
    const month = monthOf(day);
    return USAGE_COUNTERS.filter((counter) => delta[counter] !== 0).flatMap((counter) => {
      const field = JSON.stringify([day.slice(month.length + 1), role, model, counter]);
      return [`u${months.indexOf(month)}:${month}:${field}`, String(delta[counter])];
    });
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
  { projectId, from, to, after, limit }: UsageQuery,
): Promise<readonly UsageSum[]> {
  const shards = Array.from({ length: keys.shards }, (_, shard) => shard);
  const sums = new Map<string, UsageSum>();
  await Promise.all(
    monthsBetween(from, to).flatMap((month) =>
      shards.map(async (shard) => {
        const key = keys.usage(shard, projectId, month);
        for (const [field, text] of Object.entries(await readHash(connection, key))) {
          const { day, role, model, counter, count } = parseField(key, field, text);
          const date = `${month}-${day}`;
          if (date < from || date >= to) continue;
          const group = JSON.stringify([role, model]);
          const sum = sums.get(group) ?? { role, model, ...NO_USAGE_COUNTERS };
          const more = { ...NO_USAGE_COUNTERS, [counter]: count };
          sums.set(group, { role, model, ...addCounters(sum, more) });
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
function parseField(key: string, field: string, text: string) {
  const count = Number(text);
  const [day, role, model, counter] = parseNames(field);
  const isCounter = (USAGE_COUNTERS as readonly unknown[]).includes(counter);
  if (!isCounter || day === undefined || role === undefined || model === undefined) {
    throw unreadable(key, `'${field}' is no counter`);
  }
  if (!Number.isSafeInteger(count)) throw unreadable(key, `${field} is no whole number`);
  return { day, role, model, counter: counter as Counter, count };
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
