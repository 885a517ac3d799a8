import { BatonError } from '@baton/core/errors';

/** @param field its path, by core's names. */
export function invalidField(field: string, description: string): BatonError {
  const message = field === '' ? description : `${field}: ${description}`;
  return new BatonError('invalid_input', message, { violations: [{ field, description }] });
}
