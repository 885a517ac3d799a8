import { z } from 'zod';
import type { JsonObject } from './json.ts';
import type { Principal } from './principal.ts';
import type { WorkflowEvent } from './trail.ts';
import { NO_PHASE_USAGE, type PhaseUsage } from './usage.ts';

/** What is counted of attempts by project, day, role and model: whole numbers, which add up to the same everywhere. */
export const USAGE_COUNTERS = [
  'attempts',
  'durationMs',
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
  'costNanos',
  'unpricedRequests',
  'unsettledTokens',
  'unsettledCostNanos',
] as const;

export type UsageCounters = Readonly<Record<(typeof USAGE_COUNTERS)[number], number>>;

export interface UsageGroup {
  readonly role: string;
  /** As it was declared; several are joined by a comma. '' where none was declared. */
  readonly model: string;
}

/** What one commit adds to the counters of its project. Stores add these up; they never recount. */
export interface UsageDelta extends UsageGroup, UsageCounters {
  /** The day in UTC on which the attempts ended, such as `2026-01-31`. */
  readonly day: string;
}

/** What counters are added up by. */
export interface UsageKey extends UsageGroup {
  /** The only day; absent: all days of a span together. */
  readonly day?: string | undefined;
}

/** What the counters of some days add up to. */
export type UsageSum = UsageKey & UsageCounters;

export const NO_USAGE_COUNTERS: UsageCounters = {
  attempts: 0,
  durationMs: 0,
  requests: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costNanos: 0,
  unpricedRequests: 0,
  unsettledTokens: 0,
  unsettledCostNanos: 0,
};

/** Where counters end: stores keep more, but cannot tell it exactly. */
export const MOST_COUNTED = Number.MAX_SAFE_INTEGER;

/** In one unit of the price table's currency. */
export const NANOS = 1_000_000_000;

/** Characters of a model's name that are kept: databases index no longer ones. */
const MOST_MODEL = 256;

/** The models of a principal as one name. */
export function modelOf({ models }: Pick<Principal, 'models'>): string {
  const name = [...models].sort().join(',');
  return name.length <= MOST_MODEL ? name : `${name.slice(0, MOST_MODEL - 1).toWellFormed()}…`;
}

/** What an event says of the attempts that ended with it, or that are told of later. */
export interface Spent extends UsageGroup {
  readonly attempts: number;
  readonly usage: PhaseUsage;
}

/** The same as data of an event: without what is 0. */
export function spentData({ role, model, attempts, usage }: Spent): JsonObject {
  const counts = Object.entries({ attempts, ...usage }).filter(([, count]) => count !== 0);
  return { role, ...(model !== '' && { model }), ...Object.fromEntries(counts) };
}

const amount = z.number();
const spentSchema = z.object({
  role: z.string().max(256),
  model: z.string().max(MOST_MODEL).default(''),
  attempts: z.int().default(0),
  ...(Object.fromEntries(
    Object.keys(NO_PHASE_USAGE).map((name) => [name, amount.default(0)]),
  ) as Record<keyof PhaseUsage, z.ZodDefault<z.ZodNumber>>),
});

/** What the attempts of events add up to, by day, role and model. Other events say nothing of it. */
export function usageOf(events: Iterable<WorkflowEvent>): readonly UsageDelta[] {
  const sums = new Map<string, UsageDelta>();
  for (const { at, data } of events) {
    const spent = data['usage'] === undefined ? undefined : spentSchema.safeParse(data['usage']);
    if (!spent?.success) continue;
    const { role, model, cost, unsettledCost, ...counts } = spent.data;
    const day = dayOf(at);
    const key = JSON.stringify([day, role, model]);
    const known = sums.get(key) ?? NO_USAGE_COUNTERS;
    const nanos = { costNanos: cost * NANOS, unsettledCostNanos: unsettledCost * NANOS };
    sums.set(key, { day, role, model, ...addCounters(known, { ...counts, ...nanos }) });
  }
  return [...sums.values()];
}

/** The sum in whole numbers, within what can be counted. */
export function addCounters(a: UsageCounters, b: UsageCounters): UsageCounters {
  const sums: Record<keyof UsageCounters, number> = { ...NO_USAGE_COUNTERS };
  for (const name of USAGE_COUNTERS) {
    const sum = a[name] + Math.round(b[name]);
    sums[name] = Math.max(-MOST_COUNTED, Math.min(MOST_COUNTED, sum));
  }
  return sums;
}

export const DAY_MS = 86_400_000;
/** Most commits are of the same day as the one before: its name need not be made for each. */
let lastDay = { number: 0, name: '1970-01-01' };

/** The day in UTC of a time in milliseconds. */
export function dayOf(at: number): string {
  const number = Math.floor(at / DAY_MS);
  if (number !== lastDay.number) {
    lastDay = { number, name: new Date(at).toISOString().slice(0, 10) };
  }
  return lastDay.name;
}
