import { duration } from '@baton/builds/internal';
import type { ProjectDay } from '@baton/core/api';
import { table } from './table.ts';

/** What happened to the builds of a project, a day in a line. */
export function projectDaysTable(days: readonly ProjectDay[], room: number): readonly string[] {
  return table(
    [
      'DAY',
      'STARTED',
      'COMPLETE',
      'AVERAGE TIME',
      'FAILED',
      'CANCELLED',
      'SENT BACK',
      'ROLLED BACK',
    ],
    days.map((day) => [
      day.day,
      String(day.started),
      String(day.completed),
      day.completed === 0 ? '-' : duration(day.completedDurationMs / day.completed),
      byState(day.failures),
      byState(day.cancellations),
      byState(day.retries),
      byState(day.rollbacks),
    ]),
    room,
  );
}

function byState(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} in ${state}`);
  return parts.join(', ') || '-';
}
