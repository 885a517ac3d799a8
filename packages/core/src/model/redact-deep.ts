import type { Redact } from './redact.ts';

/** A copy of a JSON value with every text in it masked, names of members included. */
export function redactDeep<T>(redact: Redact, value: T): T {
  return copy(redact, value) as T;
}

function copy(redact: Redact, value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => copy(redact, item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(members.map(([key, member]) => [redact(key), copy(redact, member)]));
}
