import { BatonError } from './errors.ts';
import { MAX_DEPTH } from './json.ts';
import type { Redact } from './redact.ts';

/** What holds payloads, such as an assignment, has levels of its own. */
const DEEPEST = 2 * MAX_DEPTH;

/**
 * A copy of a JSON value with every text in it masked, names of members included. A number that shows
 * a secret becomes a text; members whose names are masked alike are numbered, so that none is lost.
 *
 * @throws BatonError `invalid_input` for what is nested more than 128 deep.
 */
export function redactDeep<T>(redact: Redact, value: T): T {
  return copy(redact, value, 1) as T;
}

function copy(redact: Redact, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') return copyNumber(redact, value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) {
    throw new BatonError(
      'invalid_input',
      `nested more than ${DEEPEST} deep; expected at most that`,
    );
  }
  if (Array.isArray(value)) return value.map((item) => copy(redact, item, depth + 1));
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    members.set(distinct(redact(name), members), copy(redact, member, depth + 1));
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
