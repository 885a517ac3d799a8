import { BatonError } from './errors.ts';
import { type JsonObject, type JsonValue, jsonBytes, MOST_BYTES_A_CHARACTER } from './json.ts';

/**
 * Bytes of JSON, as UTF-8, that the payloads of one workflow may have together: its requirements, its
 * metadata and the output of each phase. An assignment carries all of them, and feedback and answers
 * beside them; gRPC clients receive 4 MiB unless they are told otherwise.
 */
export const MAX_TOTAL_PAYLOAD_BYTES = 3 * 1024 * 1024;

/** Values that they may hold together: reading and writing many small ones blocks a server for long. */
export const MAX_TOTAL_PAYLOAD_VALUES = 25_000;

/** Refuses payloads that are too large together; each of them is small enough by itself. */
export function refuseTotal(payloads: readonly JsonObject[]): BatonError | undefined {
  const total = { characters: 0, values: 0 };
  for (const payload of payloads) measure(payload, total);
  if (total.values > MAX_TOTAL_PAYLOAD_VALUES) {
    return refusal(MAX_TOTAL_PAYLOAD_VALUES, 'values', total.values);
  }
  // Only what may be too large is measured: few payloads come near the limit.
  if (total.characters * MOST_BYTES_A_CHARACTER <= MAX_TOTAL_PAYLOAD_BYTES) return undefined;
  const bytes = payloads.reduce((sum, payload) => sum + jsonBytes(payload), 0);
  if (bytes <= MAX_TOTAL_PAYLOAD_BYTES) return undefined;
  return refusal(MAX_TOTAL_PAYLOAD_BYTES, 'bytes of JSON', bytes);
}

/** The same, but what was too large already, before there was this limit, may go on. */
export function refuseMore(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): BatonError | undefined {
  const refused = refuseTotal(after);
  return refused === undefined || refuseTotal(before) !== undefined ? undefined : refused;
}

function measure(value: JsonValue, total: { characters: number; values: number }): void {
  total.values += 1;
  if (typeof value === 'string') {
    total.characters += value.length + 2;
  } else if (typeof value !== 'object' || value === null) {
    total.characters += MOST_CHARACTERS_OF_A_NUMBER;
  } else if (Array.isArray(value)) {
    total.characters += 2 + value.length;
    for (const item of value) measure(item, total);
  } else {
    for (const key of Object.keys(value)) {
      total.characters += key.length + 4;
      measure((value as JsonObject)[key] as JsonValue, total);
    }
    total.characters += 2;
  }
}

/** `-1.7976931348623157e+308` */
const MOST_CHARACTERS_OF_A_NUMBER = 24;

function refusal(limit: number, unit: string, found: number): BatonError {
  return new BatonError(
    'limit_exceeded',
    `the requirements, metadata and outputs of a workflow may have ${limit} ${unit} together, found ${found}; keep large artifacts elsewhere and pass a reference`,
    { metadata: { limit: String(limit) } },
  );
}
