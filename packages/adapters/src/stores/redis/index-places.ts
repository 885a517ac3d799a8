/*
 * Members of a shard's index, in the order of their bytes (the scripts in `lua/` enter them; parts
 * are separated by NUL, which no id contains; times have 16 digits):
 *
 * a createdAt id                   all workflows
 * p project createdAt id           … of a project
 * s state …, r role …              … in a state, … waiting for a role
 * ps project state …, pr project role …
 * w role notBefore id              waits for the role, unclaimed
 * h role expiresAt notBefore id    waits for the role, claimed
 * c completedAt id                 complete
 */

const NUL = '\u0000';

/** What follows everything that begins with a NUL in this place. */
const AFTER_NUL = '\u0001';

/** A time as the index and the scripts compare it: as text. */
export function timeText(at: number): string {
  return String(at).padStart(16, '0');
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** All members that begin with these parts, or those after the one that goes on with `after`. */
export function rangeOf(parts: readonly string[], after?: readonly string[]): Range {
  const prefix = parts.join(NUL);
  const from = after === undefined ? `[${prefix}${NUL}` : `(${[prefix, ...after].join(NUL)}`;
  return { from, to: `(${prefix}${AFTER_NUL}` };
}

/** The members under `parts` whose time is `at` or before. */
export function rangeUntil(parts: readonly string[], at: number): Range {
  const prefix = parts.join(NUL);
  return { from: `[${prefix}${NUL}`, to: `(${prefix}${NUL}${timeText(at)}${AFTER_NUL}` };
}

/** The last two parts of a member: the time that orders it, and the workflow's id. */
export interface Place {
  readonly time: string;
  readonly id: string;
}

export function placeOf(member: string): Place {
  const parts = member.split(NUL);
  return { time: parts.at(-2) ?? '', id: parts.at(-1) ?? '' };
}

/** By time, then by the bytes of the id. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return Buffer.compare(Buffer.from(a.id), Buffer.from(b.id));
}
