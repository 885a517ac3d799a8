import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { canonicalJson } from '../model/canonical-json.ts';
import { BatonError } from '../model/errors.ts';

/**
 * Page tokens: an opaque position in one list. They come back from callers, so that they are checked
 * like any input: version, list, and a position that this list can have. Nothing in one is a secret or
 * a right; what a caller may see is decided by the request beside it.
 */

const VERSION = 1;

/** What a list shows: its kind and its filters, without the page's size. */
export interface PagedQuery {
  readonly list: string;
  readonly [filter: string]: string | undefined;
}

export function encodePageToken(query: PagedQuery, position: object): string {
  const content = [VERSION, digestOf(query), position];
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** @throws BatonError `invalid_input` for a token that was not given out for this query. */
export function decodePageToken<T extends z.ZodType<object>>(
  token: string,
  query: PagedQuery,
  position: T,
): z.output<T> {
  const content = parse(token);
  if (content === undefined) throw invalid('not a page token');
  const [version, digest, found] = content;
  if (version !== VERSION) throw invalid(`a page token of version ${VERSION} was expected`);
  if (digest !== digestOf(query)) throw invalid('the page token of another list or other filters');
  const parsed = position.safeParse(found);
  // A token must be exactly what this server would encode; any other was not issued by it.
  if (!parsed.success || encodePageToken(query, parsed.data) !== token) {
    throw invalid('not a page token of this list');
  }
  return parsed.data;
}

function digestOf(query: PagedQuery): string {
  return createHash('sha256').update(canonicalJson(query)).digest('base64url').slice(0, 16);
}

function parse(token: string): readonly unknown[] | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function invalid(found: string): BatonError {
  const description = `${found}; leave it out for the first page`;
  return new BatonError('invalid_input', `pageToken: ${description}`, {
    violations: [{ field: 'pageToken', description }],
  });
}
