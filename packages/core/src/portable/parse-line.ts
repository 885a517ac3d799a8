import type { z } from 'zod';
import { BatonError } from '../model/errors.ts';
import { parseJson } from '../model/parse-json.ts';

/** A file of lines of JSON, of which the first is its header. */
export interface LineFormat<S extends z.ZodType> {
  readonly schema: S;
  /** The newest version that is known. */
  readonly version: number;
  /** The error for a file that is not whole, or not of this format. */
  readonly refused: (problem: string, cause?: unknown) => BatonError;
}

/**
 * A line of such a file.
 *
 * @param number from 1.
 * @throws BatonError `invalid_input`.
 */
export function parseLine<S extends z.ZodType>(
  text: string,
  number: number,
  { schema, version: newest, refused }: LineFormat<S>,
): z.output<S> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (reason) {
    throw refused(`line ${number} is ${BatonError.from(reason).message}`);
  }
  const { kind, version } = (value ?? {}) as { kind?: unknown; version?: unknown };
  if ((kind === 'header') !== (number === 1)) {
    throw refused(`line ${number} is of kind '${kind}'; the header comes first, once`);
  }
  if (kind === 'header' && typeof version === 'number' && version > newest) {
    throw refused(
      `it has format version ${version}; this version of Baton knows up to ${newest}: use a newer one`,
    );
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refused(`line ${number}: ${issue?.path.join('.')}: ${issue?.message}`, parsed.error);
}
