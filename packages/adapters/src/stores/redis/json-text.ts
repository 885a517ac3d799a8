import { parseJson as parseJsonText } from '@baton/core/internal';
import { unreadable } from './errors.ts';

/**
 * Parses a JSON record, which is left as it is.
 *
 * @throws BatonError `data_loss` that names the key.
 */
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

/** Parses a JSON list of `length` items. */
export function parseList<T extends readonly unknown[]>(
  text: string,
  key: string,
  field: string,
  length: T['length'],
): T {
  const found = parseJson<T>(text, key, field);
  if (Array.isArray(found) && found.length === length) return found;
  throw unreadable(key, `field ${field}: expected a list of ${length}`);
}
