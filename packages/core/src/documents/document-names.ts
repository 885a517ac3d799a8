import { z } from 'zod';
import { isStorable, STORABLE } from '../model/json.ts';

/** Bytes that a document may have as JSON. */
export const MAX_DOCUMENT_BYTES = 64 * 1024;

const MAX_KEY = 512;

const collection = z.string().regex(/^[a-z-]{1,64}$/, 'expected 1 to 64 of a-z and -');
const text = z.string().max(MAX_KEY).refine(isStorable, STORABLE);
const key = text.min(1);
const version = z.number().int().min(1);

export const documentSchema = z.strictObject({ collection, key });

export const documentVersionSchema = z.strictObject({ collection, key, version });

/** All of a write but its value. */
export const documentWriteSchema = z.object({
  collection,
  key,
  follows: z.number().int().min(0),
});

export const documentQuerySchema = z.strictObject({
  collection,
  after: text,
  prefix: text.default(''),
  limit: z.number().int().min(1).max(1000),
});

const LAST = 0x10ffff;
const SURROGATES = { first: 0xd800, last: 0xdfff };

/** Greater than every key: more of the last code point than a key has room for. */
const BEHIND_ALL = String.fromCodePoint(LAST).repeat(MAX_KEY / 2 + 1);

/** The least text that is greater than every key with this prefix. */
export function behindPrefix(prefix: string): string {
  const points = [...prefix].map((character) => character.codePointAt(0) as number);
  while (points.at(-1) === LAST) points.pop();
  const last = points.pop();
  if (last === undefined) return BEHIND_ALL;
  const next = last + 1 === SURROGATES.first ? SURROGATES.last + 1 : last + 1;
  return String.fromCodePoint(...points, next);
}
