import { BatonError } from '@baton/core';
import { MASK } from '../../../secrets/create-redactor.ts';

/**
 * Keeps a model that has read a masked secret from writing the mask in its place.
 *
 * @throws BatonError `invalid_input` when the text has a mask that the file does not have.
 */
export function refuseMask(path: string, before: string, text: string): void {
  if (before === '' || before.includes(MASK) || !text.includes(MASK)) return;
  throw new BatonError(
    'invalid_input',
    `${MASK} stands for a secret in ${path} that you cannot see: edit around it`,
  );
}
