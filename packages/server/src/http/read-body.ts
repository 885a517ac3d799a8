import { BatonError } from '@baton/core';
import { MAX_DISCARDED_BYTES, MAX_MESSAGE_BYTES } from '../limits.ts';
import type { HttpRequest } from './http-types.ts';
import { HttpError } from './problem.ts';

/**
 * The body of a request that is JSON, as bytes; undefined for an empty one.
 *
 * @throws HttpError 413 above 4 MiB (with `connection: close` where the rest is too much to be read
 * away), 415 for another content type; BatonError `cancelled` when the caller leaves in the middle.
 */
export async function readJsonBody(request: HttpRequest): Promise<Uint8Array | undefined> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  checkContentType(request);
  return bytes;
}

function readBytes(request: HttpRequest): Promise<Buffer> {
  if (Number(request.headers['content-length']) > MAX_DISCARDED_BYTES) {
    return Promise.reject(tooLarge({ connection: 'close' }));
  }
  // Not `for await`: leaving that early would destroy the request, and with it the connection.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
      else if (size > MAX_DISCARDED_BYTES) {
        request.pause();
        reject(tooLarge({ connection: 'close' }));
      }
    });
    request.once('end', () => {
      if (size > MAX_MESSAGE_BYTES) reject(tooLarge({}));
      else resolve(Buffer.concat(chunks));
    });
    const gone = (cause?: Error) =>
      reject(
        new BatonError('cancelled', 'the caller left before its request was whole', { cause }),
      );
    request.once('error', gone);
    request.once('close', () => gone());
  });
}

function tooLarge(headers: Readonly<Record<string, string>>): HttpError {
  return new HttpError(413, `the body is larger than ${MAX_MESSAGE_BYTES} bytes`, headers);
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
