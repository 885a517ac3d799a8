import { z } from 'zod';
import { BatonError, type FieldViolation } from './errors.ts';
import type { JsonObject, JsonValue } from './json-value.ts';
import { type Counted, isCopy, isWithin, keepSize } from './payload-size.ts';

export type { JsonObject, JsonValue };

/** What may be given for a JSON object: members that are undefined are left out. */
export interface JsonObjectInput {
  readonly [key: string]: JsonInput;
}
type JsonInput =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonInput[]
  | JsonObjectInput;

/** Nesting that a payload may have; protobuf runtimes refuse a Struct nested more than 100 deep. */
export const MAX_DEPTH = 64;

/** A payload's size, in bytes of its JSON as UTF-8, above which it is refused. */
export const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024;

/**
 * How many values a payload may hold: objects, lists, texts, numbers, booleans and nulls, itself included.
 * Many small values cost far more than their bytes, and they block the process that reads them.
 */
export const MAX_PAYLOAD_VALUES = 10_000;

/**
 * Copies `value` into plain, frozen JSON.
 * Refuses what some store could not keep to the byte: functions, undefined, non-finite numbers,
 * NUL, lone surrogates, `__proto__` keys, nesting past 64, sizes past {@link MAX_PAYLOAD_BYTES} and
 * {@link MAX_PAYLOAD_VALUES}.
 *
 * @throws BatonError `invalid_input` naming the field inside `value`, or `limit_exceeded`.
 */
export function copyJsonObject(value: unknown): JsonObject {
  if (isCopy(value)) return value;
  if (!isPlainObject(value)) {
    throw invalid(undefined, `expected a JSON object, found ${kindOf(value)}`);
  }
  const size = { characters: 0, values: 0 };
  const copied = copy(value, undefined, 1, size) as JsonObject;
  keepSize(copied, size);
  if (!isWithin([copied], MAX_PAYLOAD_BYTES)) throw tooLarge();
  return copied;
}

/** A linked path: its text is only made when something is wrong. */
interface Path {
  readonly name: string;
  readonly parent: Path | undefined;
}

function copy(value: unknown, path: Path | undefined, depth: number, size: Counted): JsonValue {
  size.values += 1;
  if (size.values > MAX_PAYLOAD_VALUES) throw tooManyValues(MAX_PAYLOAD_VALUES);
  switch (typeof value) {
    case 'string':
      checkText(value, path);
      count(size, value.length + 2);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw invalid(path, `expected a finite number, found ${value}`);
      count(size, String(value).length);
      return value;
    case 'boolean':
      count(size, value ? 4 : 5);
      return value;
    case 'object':
      break;
    default:
      throw invalid(path, `expected JSON, found ${kindOf(value)}`);
  }
  if (value === null) {
    count(size, 4);
    return null;
  }
  if (depth > MAX_DEPTH) throw invalid(path, `nested more than ${MAX_DEPTH} deep`);
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (let i = 0; i < value.length; i++) {
      items.push(copy(value[i], { name: String(i), parent: path }, depth + 1, size));
    }
    count(size, 2 + Math.max(0, items.length - 1));
    return Object.freeze(items);
  }
  if (!isPlainObject(value)) throw invalid(path, `expected JSON, found ${kindOf(value)}`);
  const object: Record<string, JsonValue> = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    const here: Path = { name: key, parent: path };
    if (key === '__proto__') throw invalid(here, 'the key __proto__ is not allowed');
    checkText(key, here);
    count(size, key.length + 3);
    object[key] = copy(member, here, depth + 1, size);
  }
  count(size, 2);
  return Object.freeze(object);
}

/** Freezes `value` and all that is in it; what is frozen already is taken to be so all through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Array.isArray(value) ? value : Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}

/** Ends the copying of what cannot fit any more, before all of it is copied. */
function count(size: Counted, more: number): void {
  size.characters += more;
  if (size.characters > MAX_PAYLOAD_BYTES) throw tooLarge();
}

function tooLarge(): BatonError {
  return new BatonError(
    'limit_exceeded',
    `larger than ${MAX_PAYLOAD_BYTES} bytes of JSON; keep large artifacts elsewhere and pass a reference`,
    { metadata: { limit: String(MAX_PAYLOAD_BYTES) } },
  );
}

/** @param most how many there may be. */
export function tooManyValues(most: number): BatonError {
  return new BatonError(
    'limit_exceeded',
    `more than ${most} values (objects, lists, texts, numbers, booleans, nulls); keep large artifacts elsewhere and pass a reference`,
    { metadata: { limit: String(most) } },
  );
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

/**
 * A JSON object, copied, so that callers cannot change it afterwards. What is not JSON is refused by the path
 * of what is not, before anything else looks at it.
 */
export const jsonObjectSchema: z.ZodType<JsonObject, JsonObjectInput> = z
  .unknown()
  .transform((value, context): JsonObject => {
    try {
      return copyJsonObject(value);
    } catch (reason) {
      const { code, message, violations } = BatonError.from(reason);
      const path = violations[0]?.field.split('.').filter((part) => part !== '') ?? [];
      context.addIssue({ code: 'custom', message, path, params: { code } });
      return z.NEVER;
    }
  }) as unknown as z.ZodType<JsonObject, JsonObjectInput>;

/** What is said of text that {@link isStorable} refuses. */
export const STORABLE = 'text must not contain NUL (U+0000) or lone surrogates';

/** Whether every store can keep `text` to the byte. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
