const DAY_MS = 86_400_000;

export interface Span {
  /** The first day in UTC, such as `2026-01-31`. */
  readonly from: string;
  /** The day behind the last one. */
  readonly to: string;
}

/** The last days in UTC, today included. */
export function spanOf(days: number, now: number): Span {
  return { from: day(now - (days - 1) * DAY_MS), to: day(now + DAY_MS) };
}

export function daysIn({ from, to }: Span): readonly string[] {
  const [first, end] = [Date.parse(from), Date.parse(to)];
  return Array.from({ length: (end - first) / DAY_MS }, (_, index) => day(first + index * DAY_MS));
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
