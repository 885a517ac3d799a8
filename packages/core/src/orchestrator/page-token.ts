import type { z } from 'zod';
import { BatonError } from '../model/errors.ts';

/** An opaque position in a list. */
export function encodePageToken(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws BatonError `invalid_input` for a token that this list did not give out. */
export function decodePageToken<T extends z.ZodType>(token: string, position: T): z.output<T> {
  try {
    return position.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch (cause) {
    const description = 'not a page token of this list; leave it out for the first page';
    throw new BatonError('invalid_input', `pageToken: ${description}`, {
      violations: [{ field: 'pageToken', description }],
      cause,
    });
  }
}
