import { BatonError } from './errors.ts';
import type { JsonObject } from './json-value.ts';
import { bytesOf, isWithin, valuesIn } from './payload-size.ts';

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
  const values = payloads.reduce((sum, payload) => sum + valuesIn(payload), 0);
  if (values > MAX_TOTAL_PAYLOAD_VALUES) return refusal(MAX_TOTAL_PAYLOAD_VALUES, 'values', values);
  if (isWithin(payloads, MAX_TOTAL_PAYLOAD_BYTES)) return undefined;
  const bytes = payloads.reduce((sum, payload) => sum + bytesOf(payload), 0);
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

function refusal(limit: number, unit: string, found: number): BatonError {
  return new BatonError(
    'limit_exceeded',
    `the requirements, metadata and outputs of a workflow may have ${limit} ${unit} together, found ${found}; keep large artifacts elsewhere and pass a reference`,
    { metadata: { limit: String(limit) } },
  );
}
