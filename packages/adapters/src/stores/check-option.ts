import { BatonError } from '@baton/core';

/** @throws BatonError `invalid_input` for what is no whole number from 1 to `most`. */
export function checkNumber(what: string, found: number, most: number): void {
  if (Number.isInteger(found) && found >= 1 && found <= most) return;
  throw new BatonError('invalid_input', `${what}: found ${found}, expected 1 to ${most}`);
}

/** @throws BatonError `invalid_input` for what is neither text nor has the driver's `method`. */
export function checkConnection(found: unknown, method: string, expected: string): void {
  if (typeof found === 'string') return;
  if (typeof (found as Record<string, unknown> | null | undefined)?.[method] === 'function') return;
  const kind = found === null ? 'null' : typeof found;
  throw new BatonError('invalid_input', `connection: found ${kind}, expected ${expected}`);
}
