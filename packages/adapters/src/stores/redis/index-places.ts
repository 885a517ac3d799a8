/*
 * Members of a shard's index, ordered by bytes. The scripts in `lua/` write them. NUL, which no id contains,
 * separates the parts; times have 16 digits:
 *
 * a createdAt id                    all workflows
 * p project createdAt id            … of a project
 * s role state createdAt id         all workflows by role and state
 * t project role state createdAt id … of a project
 * w role notBefore id               waits for the role, unclaimed
 * h role expiresAt notBefore id     waits for the role, claimed
 * c completedAt id                  complete
 * d timesOutAt id                   has work to do, and waits for no person
 */

/** Separates the parts of a member. */
export const NUL = '\u0000';

/** A time as text, which the index and the scripts can compare; '' for none. */
export function timeText(at: number | undefined): string {
  return at === undefined ? '' : String(at).padStart(16, '0');
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

/** Compares by time, then by the bytes of the id. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return compareBytes(a.id, b.id);
}

/** Compares as Redis does, by code point; JavaScript's own order differs above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
