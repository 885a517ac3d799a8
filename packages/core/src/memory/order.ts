/** The orders in which a store lists. */

export interface Created {
  readonly createdAt: number;
  readonly id: string;
}

export function byCreation(a: Created, b: Created): number {
  return a.createdAt - b.createdAt || byCodePoint(a.id, b.id);
}

export interface Urgent {
  readonly priority?: number | undefined;
  readonly notBefore: number;
  readonly id: string;
}

/** What is taken first of one project. */
export function byUrgency(a: Urgent, b: Urgent): number {
  return (
    (b.priority ?? 0) - (a.priority ?? 0) || a.notBefore - b.notBefore || byCodePoint(a.id, b.id)
  );
}

/** Of these names, each once, those behind `after`, in order. */
export function namesAfter(names: readonly string[], after: string): readonly string[] {
  return [...new Set(names)].filter((name) => byCodePoint(name, after) > 0).sort(byCodePoint);
}

/** As SQL's binary collations do. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  // JavaScript's own order differs only above U+FFFF, where surrogates stand.
  if (HAS_SURROGATES.test(a) || HAS_SURROGATES.test(b)) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a < b ? -1 : 1;
}

interface Grouped {
  readonly role: string;
  readonly model: string;
  readonly day?: string | undefined;
}

/** By role, then by model, then by day. */
export function byGroup(a: Grouped, b: Grouped): number {
  return (
    byCodePoint(a.role, b.role) ||
    byCodePoint(a.model, b.model) ||
    byCodePoint(a.day ?? '', b.day ?? '')
  );
}

const HAS_SURROGATES = /[\ud800-\udfff]/;

/** The place of `entry` in a sorted list, or where it would have to be. */
export function placeIn(sorted: readonly Created[], entry: Created): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (byCreation(sorted[middle] as Created, entry) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}
