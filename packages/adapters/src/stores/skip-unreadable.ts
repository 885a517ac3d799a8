import { BatonError } from '@baton/core';

/**
 * Returns an empty list for an unreadable record.
 *
 * @throws any other reason unchanged.
 */
export type SkipUnreadable = (reason: unknown) => readonly [];

/**
 * For lists of workflows: one unreadable record must not hide the others. Loading the record itself fails with
 * `data_loss`.
 *
 * @param warn called once for each record.
 */
export function createSkipUnreadable(warn: (line: string) => void): SkipUnreadable {
  const told = new Set<string>();
  return (reason) => {
    if (!BatonError.is(reason) || reason.code !== 'data_loss') throw reason;
    const line = `left out of lists, and left as it is: ${reason.message}`;
    if (!told.has(line)) warn(line);
    told.add(line);
    return [];
  };
}

/** Converts the readable ones of `records`. */
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
