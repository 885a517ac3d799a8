import { BatonError } from './errors.ts';
import type { JsonObject, JsonValue } from './json-value.ts';

/** What a payload is made of. */
export interface Counted {
  /** Characters of its JSON; what is escaped in texts may count as one. */
  characters: number;
  values: number;
}

interface Size extends Readonly<Counted> {
  /** Whether the payload is a copy: frozen all through. */
  readonly isCopy: boolean;
  bytes: number | undefined;
}

/** Payloads don't change: each is measured once, and not with every commit of its workflow. */
const sizes = new WeakMap<JsonObject, Size>();

/** Keeps what is known of a copy already. */
export function keepSize(copy: JsonObject, { characters, values }: Readonly<Counted>): void {
  sizes.set(copy, { characters, values, isCopy: true, bytes: undefined });
}

/** Whether it is such a copy, which need not be copied, nor checked, again. */
export function isCopy(value: unknown): value is JsonObject {
  return sizes.get(value as JsonObject)?.isCopy === true;
}

/** Bytes of `payload` as JSON in UTF-8. */
function bytesOf(payload: JsonObject): number {
  const size = sizeOf(payload);
  size.bytes ??= jsonBytes(payload);
  return size.bytes;
}

/** What a control character becomes in JSON: `\u0001`. */
const MOST_BYTES_A_CHARACTER = 6;

/** Whether so many characters of JSON have no more bytes, whatever they are. */
function fits(characters: number, bytes: number): boolean {
  return characters * MOST_BYTES_A_CHARACTER <= bytes;
}

/** Whether payloads have no more bytes together. Only what may be too large is measured: few come near. */
export function isWithin(payloads: readonly JsonObject[], most: number): boolean {
  const characters = payloads.reduce((sum, payload) => sum + sizeOf(payload).characters, 0);
  if (fits(characters, most)) return true;
  return payloads.reduce((sum, payload) => sum + bytesOf(payload), 0) <= most;
}

function sizeOf(payload: JsonObject): Size {
  const known = sizes.get(payload);
  if (known !== undefined) return known;
  const counted = { characters: 0, values: 0, isCopy: false, bytes: undefined };
  count(payload, counted);
  sizes.set(payload, counted);
  return counted;
}

/** `-1.7976931348623157e+308` */
const MOST_CHARACTERS_OF_A_NUMBER = 24;

function count(value: JsonValue, total: Counted): void {
  total.values += 1;
  if (typeof value === 'string') {
    total.characters += value.length + 2;
  } else if (typeof value !== 'object' || value === null) {
    total.characters += MOST_CHARACTERS_OF_A_NUMBER;
  } else if (Array.isArray(value)) {
    total.characters += 2 + value.length;
    for (const item of value) count(item, total);
  } else {
    for (const key of Object.keys(value)) {
      total.characters += key.length + 4;
      count((value as JsonObject)[key] as JsonValue, total);
    }
    total.characters += 2;
  }
}

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

/**
 * Bytes of JSON, as UTF-8, that the payloads of one workflow may have together: its requirements, its
 * metadata and the output of each phase. An assignment carries all of them, and feedback and answers
 * beside them; gRPC clients receive 4 MiB unless they are told otherwise.
 */
export const MAX_TOTAL_PAYLOAD_BYTES = 3 * 1024 * 1024;

/** Values that they may hold together: reading and writing many small ones blocks a server for long. */
export const MAX_TOTAL_PAYLOAD_VALUES = 25_000;

/** What is left of the room that the payloads of one workflow may take. */
export interface PayloadRoom {
  /** Whether `payload` still fits; then its room is taken. The first always fits: each is small enough by itself. */
  take(payload: JsonObject): boolean;
}

export function createPayloadRoom(): PayloadRoom {
  const taken: JsonObject[] = [];
  return {
    take(payload) {
      const isFirst = taken.length === 0;
      if (!isFirst && refuseTotal([...taken, payload]) !== undefined) return false;
      taken.push(payload);
      return true;
    },
  };
}

/** Refuses payloads that are too large together; each of them is small enough by itself. */
export function refuseTotal(payloads: readonly JsonObject[]): BatonError | undefined {
  let values = 0;
  let characters = 0;
  for (const payload of payloads) {
    const size = sizeOf(payload);
    values += size.values;
    characters += size.characters;
  }
  if (values > MAX_TOTAL_PAYLOAD_VALUES) return refusal(MAX_TOTAL_PAYLOAD_VALUES, 'values', values);
  if (fits(characters, MAX_TOTAL_PAYLOAD_BYTES)) return undefined;
  const bytes = payloads.reduce((sum, payload) => sum + bytesOf(payload), 0);
  if (bytes <= MAX_TOTAL_PAYLOAD_BYTES) return undefined;
  return refusal(MAX_TOTAL_PAYLOAD_BYTES, 'bytes of JSON', bytes);
}

/** The same, but what was too large already, before there was this limit, may go on. */
export function refuseMore(
  before: () => readonly JsonObject[],
  after: readonly JsonObject[],
): BatonError | undefined {
  const refused = refuseTotal(after);
  return refused === undefined || refuseTotal(before()) !== undefined ? undefined : refused;
}

function refusal(limit: number, unit: string, found: number): BatonError {
  return new BatonError(
    'limit_exceeded',
    `the requirements, metadata and outputs of a workflow may have ${limit} ${unit} together, found ${found}; keep large artifacts elsewhere and pass a reference`,
    { metadata: { limit: String(limit) } },
  );
}
