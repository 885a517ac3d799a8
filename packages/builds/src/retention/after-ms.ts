import type { RetentionDays } from '../config/argv-schema.ts';

const DAY_MS = 86_400_000;

/** A retention in milliseconds; undefined where it never ends. */
export function afterMs(days: RetentionDays): number | undefined {
  return days === 'off' ? undefined : days * DAY_MS;
}
