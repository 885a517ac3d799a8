import { BatonError } from '@baton/core';

/** @throws BatonError `invalid_input` unless `found` is a whole number from 1 to `most`. */
export function checkNumber(what: string, found: number, most: number): void {
  if (Number.isInteger(found) && found >= 1 && found <= most) return;
  throw new BatonError('invalid_input', `${what}: found ${found}, expected 1 to ${most}`);
}
