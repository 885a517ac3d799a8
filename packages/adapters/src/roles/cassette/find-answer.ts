import { type CassetteEntry, epochOf } from './cassette-format.ts';

/**
 * Finds the answer for `epoch`: the newest that was recorded up to it, else the first one; undefined when
 * nothing was recorded. The epoch alone tells, in any process, how often the build has asked before.
 *
 * Only epochs with an answer count. When a role throws, nothing is recorded for that epoch, and a replay,
 * where the role does not throw, skips it.
 */
export function findAnswer(
  entries: readonly CassetteEntry[],
  fingerprint: string,
  epoch: number,
): CassetteEntry | undefined {
  const epochs = [...new Set(entries.map(epochOf))].sort((a, b) => a - b);
  const reached = epochs[Math.min(epoch, epochs.length) - 1] ?? epoch;
  const answers = entries
    .filter((one) => one.fingerprint === fingerprint)
    .sort((a, b) => epochOf(a) - epochOf(b));
  return answers.findLast((one) => epochOf(one) <= reached) ?? answers[0];
}
