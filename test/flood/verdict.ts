import { MOST_QUIET_MS, type Row } from './run.ts';

const MOST_MIB = 512;
const MOST_TIMES_SLOWER = 3;
/** Below that, noise would decide. */
const FLOOR_MS = 50;

/** What a flood did that it may not do; the good client's times only where they are looked at. */
export function faults(row: Row, { withTimes }: { withTimes: boolean }): string[] {
  const { quiet, beside, peakMiB, isAlive, flooder } = row;
  const quietMs = Math.min(quiet.p99Ms, MOST_QUIET_MS);
  const mostMs = Math.max(FLOOR_MS, quietMs * MOST_TIMES_SLOWER);
  return [
    ...(isAlive ? [] : ['the server exited']),
    ...(peakMiB > MOST_MIB ? [`the server took ${Math.round(peakMiB)} MiB`] : []),
    ...[...new Set(beside.failures)].map(
      (failure) => `a call of the good client failed: ${failure}`,
    ),
    ...(flooder.unexplained > 0
      ? [`${flooder.unexplained} connections ended without a reason`]
      : []),
    ...(withTimes && beside.p99Ms > mostMs ? [`p99 above ${Math.round(mostMs)} ms`] : []),
  ];
}

export function describeRow(row: Row): string {
  const { flood, target, quiet, beside, peakMiB, flooder } = row;
  const wrong = faults(row, { withTimes: true });
  const ended = Object.entries(flooder.ended).map(
    ([reason, count]) => `    ${count} ended: ${reason}`,
  );
  const columns = [
    flood.padEnd(25),
    target.padEnd(25),
    `${flooder.opened}`.padStart(5),
    `${(flooder.bytes / 1024).toFixed(0)} KiB`.padStart(11),
    `${quiet.p99Ms.toFixed(0)} ms`.padStart(7),
    `${beside.p99Ms.toFixed(0)} ms`.padStart(8),
    `${quiet.clockP99Ms.toFixed(0)}, ${beside.clockP99Ms.toFixed(0)} ms`.padStart(14),
    `${beside.calls}`.padStart(6),
    `${Math.round(peakMiB)} MiB`.padStart(8),
    wrong.length === 0 ? '  ok' : `  FAIL: ${wrong.join('; ')}`,
  ];
  return [columns.join(' '), ...ended].join('\n');
}

export const HEADING =
  'flood                     target                    conns        sent   quiet   beside   by the clock  calls     peak';
