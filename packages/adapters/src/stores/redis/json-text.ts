import { parseJson as parseJsonText } from '@baton/core';
import { unreadable } from './errors.ts';

/** @throws BatonError `data_loss` that names the key; the record is left as it is. */
export function parseJson<T extends object>(
  text: string | undefined,
  key: string,
  field: string,
): T {
  try {
    const value: unknown = parseJsonText(text ?? '');
    if (typeof value === 'object' && value !== null) return value as T;
    throw new TypeError(`expected an object, found ${typeof value}`);
  } catch (cause) {
    throw unreadable(key, `field ${field}: ${(cause as Error).message}`, cause);
  }
}
