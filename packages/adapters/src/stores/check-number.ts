import { BatonError } from '@baton/core';

/** Timers take no more milliseconds. */
export const MOST_MS = 2 ** 31 - 1;

/** @throws BatonError `invalid_input` for what is no whole number from 1 to `most`. */
export function checkNumber(what: string, found: number, most: number): void {
  if (Number.isInteger(found) && found >= 1 && found <= most) return;
  throw new BatonError('invalid_input', `${what}: found ${found}, expected 1 to ${most}`);
}
