import { type CassetteEntry, epochOf } from './cassette-format.ts';

/**
 * The answer to what a build asks in `epoch`: the newest that was recorded up to then, else the
 * first; undefined where nothing was recorded. The epoch is all that tells, in any process, how
 * often the build has asked before.
 *
 * Only epochs with an answer count: one that ended because its role threw was recorded as nothing,
 * and a replay, where the role doesn't throw, has none in its place.
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
