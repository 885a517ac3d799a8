import { BatonError, type FieldViolation } from './errors.ts';

export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;
type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** Nesting that a payload may have; protobuf runtimes refuse a Struct nested more than 100 deep. */
const MAX_DEPTH = 64;

/** A payload's size, in bytes of UTF-8 text, above which it is refused. */
export const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024;

/**
 * Copies `value` into plain JSON that no caller can change afterwards from outside.
 * Refuses what some store could not keep to the byte: functions, undefined, non-finite numbers,
 * NUL, lone surrogates, `__proto__` keys, nesting past 64, sizes past {@link MAX_PAYLOAD_BYTES}.
 *
 * @throws BatonError `invalid_input` naming the field inside `value`, or `limit_exceeded`.
 */
export function copyJsonObject(value: unknown): JsonObject {
  if (!isPlainObject(value)) {
    throw invalid(undefined, `expected a JSON object, found ${kindOf(value)}`);
  }
  return copy(value, undefined, 1, { bytes: 0 }) as JsonObject;
}

/** A linked path: its text is only made when something is wrong. */
interface Path {
  readonly name: string;
  readonly parent: Path | undefined;
}

function copy(
  value: unknown,
  path: Path | undefined,
  depth: number,
  size: { bytes: number },
): JsonValue {
  switch (typeof value) {
    case 'string':
      checkText(value, path);
      count(size, Buffer.byteLength(value) + 2);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`);
      count(size, 4);
      return value;
    case 'boolean':
      count(size, 4);
      return value;
    case 'object':
      break;
    default:
      throw invalid(path, `expected JSON, found ${kindOf(value)}`);
  }
  if (value === null) return null;
  if (depth > MAX_DEPTH) throw invalid(path, `nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (let i = 0; i < value.length; i++) {
      items.push(copy(value[i], { name: String(i), parent: path }, depth + 1, size));
    }
    count(size, 2 + items.length);
    return items;
  }
  if (!isPlainObject(value)) throw invalid(path, `expected JSON, found ${kindOf(value)}`);
  const object: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    const here: Path = { name: key, parent: path };
    if (key === '__proto__') throw invalid(here, 'the key __proto__ is not allowed');
    checkText(key, here);
    count(size, Buffer.byteLength(key) + 4);
    object[key] = copy(member, here, depth + 1, size);
  }
  return object;
}

function count(size: { bytes: number }, more: number): void {
  size.bytes += more;
  if (size.bytes > MAX_PAYLOAD_BYTES) {
    throw new BatonError(
      'limit_exceeded',
      `larger than ${MAX_PAYLOAD_BYTES} bytes of JSON; keep large artifacts elsewhere and pass a reference`,
      { metadata: { limit: String(MAX_PAYLOAD_BYTES) } },
    );
  }
}

function checkText(value: string, path: Path | undefined): void {
  if (value.includes('\u0000')) throw invalid(path, 'text must not contain NUL (U+0000)');
  if (!value.isWellFormed()) throw invalid(path, 'text must not contain lone surrogates');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return value.constructor?.name ?? 'an object';
  return typeof value;
}

function pathText(path: Path | undefined): string {
  if (path === undefined) return '';
  const parent = pathText(path.parent);
  return parent === '' ? path.name : `${parent}.${path.name}`;
}

function invalid(path: Path | undefined, description: string): BatonError {
  const violations: FieldViolation[] = [{ field: pathText(path), description }];
  return new BatonError('invalid_input', description, { violations });
}
