import { BatonError } from '@baton/core';

/** Takes the place of a record that cannot be read. @throws whatever else went wrong. */
export type SkipUnreadable = (reason: unknown) => readonly [];

/**
 * For listings of work: one record that cannot be read must not keep everybody from the others.
 * Whoever asks for the record itself is told by `data_loss`.
 *
 * @param warn hears of each record, once.
 */
export function createSkipUnreadable(warn: (line: string) => void): SkipUnreadable {
  const told = new Set<string>();
  return (reason) => {
    if (!BatonError.is(reason) || reason.code !== 'data_loss') throw reason;
    const line = `no work is offered of what is left as it is: ${reason.message}`;
    if (!told.has(line)) warn(line);
    told.add(line);
    return [];
  };
}

/** What can be read of `records`. */
export function readable<R, T>(
  records: readonly R[],
  read: (record: R) => T,
  skipUnreadable: SkipUnreadable,
): readonly T[] {
  return records.flatMap((record): readonly T[] => {
    try {
      return [read(record)];
    } catch (reason) {
      return skipUnreadable(reason);
    }
  });
}
