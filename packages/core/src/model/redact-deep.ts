import type { Redact } from './redact.ts';

/**
 * A copy of a JSON value with every text in it masked, names of members included. A number that shows
 * a secret becomes a text; members whose names are masked alike are numbered, so that none is lost.
 */
export function redactDeep<T>(redact: Redact, value: T): T {
  return copy(redact, value) as T;
}

function copy(redact: Redact, value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return copyNumber(redact, value);
  if (Array.isArray(value)) return value.map((item) => copy(redact, item));
  if (typeof value !== 'object' || value === null) return value;
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    members.set(distinct(redact(name), members), copy(redact, member));
  }
  return Object.fromEntries(members);
}

function copyNumber(redact: Redact, value: number): number | string {
  const masked = redact(String(value));
  return masked === String(value) ? value : masked;
}

function distinct(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let nth = 2; taken.has(free); nth++) free = `${name} (${nth})`;
  return free;
}
