import { BatonError } from '@baton/core';
import { MASK } from '../../../secrets/create-redactor.ts';

/**
 * A model that has read a masked secret and writes it back would put the mask in its place.
 *
 * @throws BatonError `invalid_input` when the mask would come into a file that has none.
 */
export function refuseMask(path: string, before: string, text: string): void {
  if (before === '' || before.includes(MASK) || !text.includes(MASK)) return;
  throw new BatonError(
    'invalid_input',
    `${MASK} stands for a secret in ${path} that you cannot see: edit around it`,
  );
}
