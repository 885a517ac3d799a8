const DAY_MS = 86_400_000;

/** The last days in UTC, today included: the first one, and the day behind the last one. */
export function spanOf(days: number, now: number): { readonly from: string; readonly to: string } {
  return { from: day(now - (days - 1) * DAY_MS), to: day(now + DAY_MS) };
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
