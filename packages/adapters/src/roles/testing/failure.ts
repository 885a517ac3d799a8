import { BatonError } from '@baton/core';
import { expect } from 'vitest';

/** The BatonError that `work` rejects with. */
export async function failure(work: Promise<unknown>): Promise<BatonError> {
  const reason = await work.then(
    () => expect.fail('expected it to be refused'),
    (reason: unknown) => reason,
  );
  expect(reason).toBeInstanceOf(BatonError);
  return reason as BatonError;
}
