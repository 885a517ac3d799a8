import { BatonError } from '@baton/core';
import { parseJson as parseJsonText } from '@baton/core/internal';

const texts = new WeakMap<object, string>();

/**
 * The JSON of an immutable object, created once: the snapshots and handoffs of a workflow share outputs by
 * reference, which would otherwise be serialized with every commit.
 */
export function jsonText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/**
 * Parses a JSON record, which is left as it is.
 *
 * @throws BatonError `data_loss` that names the record.
 */
export function parseJson<T>(text: unknown, table: string, id: string, column: string): T {
  try {
    if (typeof text !== 'string') throw new TypeError(`expected text, found ${typeof text}`);
    return parseJsonText(text) as T;
  } catch (cause) {
    throw unreadable(table, id, column, cause);
  }
}

export function unreadable(table: string, id: string, column: string, cause: unknown): BatonError {
  const found = cause instanceof Error ? cause.message : String(cause);
  return new BatonError(
    'data_loss',
    `${table} '${id}': column ${column} cannot be read: ${found}`,
    { metadata: { table, id, column }, cause },
  );
}
