import type { ProjectDay } from '@baton/core/api';
import type { BarDay } from '../../components/bars.tsx';

/** What happened in one state over a span of days. */
export interface StateHistory {
  readonly state: string;
  readonly failures: number;
  readonly cancellations: number;
  readonly retries: number;
  readonly rollbacks: number;
  /** Average time from entering the phase until it was finished; undefined where none was. */
  readonly averageMs: number | undefined;
}

type Counted = 'failures' | 'cancellations' | 'retries' | 'rollbacks';

/** By state, those first in which the most failed. */
export function statesOf(days: readonly ProjectDay[]): readonly StateHistory[] {
  const names = new Set(
    days.flatMap(({ failures, cancellations, retries, rollbacks, phases }) =>
      [failures, cancellations, retries, rollbacks, phases].flatMap((counts) =>
        Object.keys(counts),
      ),
    ),
  );
  const count = (state: string, of: Counted) =>
    days.reduce((sum, day) => sum + (day[of][state] ?? 0), 0);
  return [...names]
    .map((state) => {
      const times = days.map(({ phases }) => phases[state]).filter((one) => one !== undefined);
      const finished = times.reduce((sum, one) => sum + one.count, 0);
      const spentMs = times.reduce((sum, one) => sum + one.durationMs, 0);
      return {
        state,
        failures: count(state, 'failures'),
        cancellations: count(state, 'cancellations'),
        retries: count(state, 'retries'),
        rollbacks: count(state, 'rollbacks'),
        averageMs: finished === 0 ? undefined : spentMs / finished,
      };
    })
    .sort((a, b) => b.failures - a.failures || b.retries - a.retries);
}

/** A number for each of the days, 0 for those that the server has nothing of. */
export function series(
  days: readonly ProjectDay[],
  names: readonly string[],
  of: (day: ProjectDay) => number,
): readonly BarDay[] {
  const known = new Map(days.map((day) => [day.day, of(day)]));
  return names.map((day) => ({ day, value: known.get(day) ?? 0 }));
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

/** Of the builds that ended, how many were completed: 0 to 1; undefined where none ended. */
export function successOf(days: readonly ProjectDay[]): number | undefined {
  const completed = days.reduce((sum, day) => sum + day.completed, 0);
  const failed = days.reduce((sum, day) => sum + sumOf(day.failures), 0);
  return completed + failed === 0 ? undefined : completed / (completed + failed);
}
