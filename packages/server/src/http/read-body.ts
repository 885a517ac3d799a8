import { MAX_MESSAGE_BYTES } from '../limits.ts';
import type { HttpRequest } from './http-types.ts';
import { HttpError } from './problem.ts';

/** How much of a body that is too large is read away, so that its sender gets to read the answer. */
const MAX_DISCARDED = 4 * MAX_MESSAGE_BYTES;

/**
 * The body of a request as a JSON object; an empty body is an empty object.
 *
 * @throws HttpError 400 for anything else, 413 above 4 MiB, 415 for another content type.
 */
export async function readJsonBody(request: HttpRequest): Promise<Record<string, unknown>> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  checkContentType(request);
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, 'the body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

async function readBytes(request: HttpRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
    else if (size > MAX_DISCARDED) break;
  }
  if (size > MAX_MESSAGE_BYTES) {
    throw new HttpError(413, `the body is larger than ${MAX_MESSAGE_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}

function checkContentType({ headers }: HttpRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const found = type === undefined ? 'none' : `'${type}'`;
    throw new HttpError(415, `expected the content type application/json, found ${found}`, {
      accept: 'application/json',
    });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpError(415, `expected no content encoding, found '${encoding}'`, {
      'accept-encoding': 'identity',
    });
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError(400, `the body is no JSON: ${found}`);
  }
}
