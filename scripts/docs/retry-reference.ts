import { RETRY_SCHEDULE } from '../../packages/server/src/delivery/retry-schedule.ts';
import { table } from './table.ts';

/** When a delivery that failed is tried again, and how long ago the first try is then. */
export function retryReference(): string {
  const { firstMs, mostMs, tries } = RETRY_SCHEDULE;
  let sum = 0;
  const waits = Array.from({ length: tries - 1 }, (_, index) => {
    const wait = Math.min(mostMs, firstMs * 2 ** index);
    sum += wait;
    return { wait, sum };
  });
  const steady = waits.findIndex(({ wait }) => wait === mostMs);
  const rows = waits.slice(0, steady).map(({ wait, sum }, index) => row(index + 2, wait, sum));
  const last = waits.at(-1) ?? { wait: 0, sum: 0 };
  return table(
    ['try', 'wait before it', 'after the first, at least', 'at most'],
    [...rows, row(`${steady + 2} to ${tries}`, last.wait, last.sum, ', the last')],
  );
}

function row(name: number | string, wait: number, sum: number, more = ''): readonly string[] {
  return [
    String(name),
    `${time(wait / 2)} to ${time(wait)}`,
    `${time(sum / 2)}${more}`,
    `${time(sum)}${more}`,
  ];
}

function time(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return `${rounded(seconds)} s`;
  if (seconds < 7200) return `${rounded(seconds / 60)} min`;
  return `${rounded(seconds / 3600)} h`;
}

function rounded(value: number): number {
  return value < 10 ? Number(value.toFixed(1)) : Math.round(value);
}
