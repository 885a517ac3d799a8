import type { JsonObject, JsonValue } from './json.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const NEEDS_ESCAPES = /["\\\u0000-\u001f]/;

/** Bytes of `value` as JSON in UTF-8, for less than writing it costs. */
export function jsonBytes(value: JsonValue): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  // Brackets and the commas between the members.
  if (Array.isArray(value)) {
    let bytes = Math.max(2, value.length + 1);
    for (const item of value) bytes += jsonBytes(item);
    return bytes;
  }
  const object = value as JsonObject;
  const keys = Object.keys(object);
  let bytes = Math.max(2, keys.length + 1);
  for (const key of keys) bytes += textBytes(key) + 1 + jsonBytes(object[key] as JsonValue);
  return bytes;
}

function textBytes(text: string): number {
  if (NEEDS_ESCAPES.test(text)) return Buffer.byteLength(JSON.stringify(text));
  return Buffer.byteLength(text) + 2;
}
