import type { JsonObject, JsonValue } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';

/** As deep as the server takes payloads. */
const MAX_DEPTH = 64;

/**
 * Copies a payload. What JSON cannot say is refused as the embedded orchestrator refuses it; the
 * wire would turn it into something else without a word. Members without a value are left out.
 *
 * @throws BatonError `invalid_input` that names the place inside the payload.
 */
export function checkedPayload(value: unknown, path: string): JsonObject {
  if (!isPlainObject(value)) {
    throw invalidField(path, `expected a JSON object, found ${kindOf(value)}`);
  }
  return copyObject(value, path, 1);
}

function copy(value: unknown, path: string, depth: number): JsonValue {
  switch (typeof value) {
    case 'string':
      return checkedText(value, path);
    case 'number':
      if (!Number.isFinite(value))
        throw invalidField(path, `expected a finite number, found ${value}`);
      return value;
    case 'boolean':
      return value;
  }
  if (value === null) return null;
  if (Array.isArray(value)) {
    checkDepth(path, depth);
    return Array.from(value, (item, index) => copy(item, `${path}.${index}`, depth + 1));
  }
  if (!isPlainObject(value)) throw invalidField(path, `expected JSON, found ${kindOf(value)}`);
  return copyObject(value, path, depth);
}

function copyObject(value: Record<string, unknown>, path: string, depth: number): JsonObject {
  checkDepth(path, depth);
  const object: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const here = `${path}.${key}`;
    if (key === '__proto__') throw invalidField(here, 'the key __proto__ is not allowed');
    object[checkedText(key, here)] = copy(member, here, depth + 1);
  }
  return object;
}

/** Well-formed text: UTF-8 has no lone surrogates, and would replace them. */
export function checkedText(value: string, path: string): string {
  if (value.isWellFormed()) return value;
  throw invalidField(path, 'text must not contain lone surrogates');
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return value.constructor?.name ?? 'an object';
  return typeof value;
}

function checkDepth(path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw invalidField(path, `nested more than ${MAX_DEPTH} deep`);
}

/** @param field its path, by core's names. */
export function invalidField(field: string, description: string): BatonError {
  const message = field === '' ? description : `${field}: ${description}`;
  return new BatonError('invalid_input', message, { violations: [{ field, description }] });
}
