import { constants } from 'node:http2';
import { BatonError } from '@baton/core';
import type { Artifact, ReadArtifactRequest } from '@baton/proto';
import type { Handlers } from '../handlers.ts';
import type { Log } from '../log.ts';
import type { CallContext } from '../service-handlers.ts';
import { HttpError, type HttpRequest, type HttpResponse, toProblem } from './answer.ts';
import { write } from './write.ts';

export interface ContentOptions {
  readonly artifact: Handlers['artifact'];
  readonly log: Log;
}

/**
 * Answers with the content of an artifact: whole, a range of it, or 304 where the caller has it. What it is was
 * said by a model or a command, so no browser is to take it for a page of this server.
 *
 * @throws BatonError as `getArtifact` and `readArtifact`, and for a range in the query; HttpError 416.
 */
export async function serveContent(
  request: HttpRequest,
  response: HttpResponse,
  message: ReadArtifactRequest,
  context: CallContext,
  options: ContentOptions,
): Promise<void> {
  refuseRangeOfQuery(message);
  const { workflowId, number } = message;
  const { artifact } = await options.artifact.getArtifact(
    { $typeName: 'baton.v1.GetArtifactRequest', workflowId, number },
    context,
  );
  if (artifact === undefined)
    throw new BatonError('internal', 'an answer came without its artifact');
  const headers = headersOf(artifact);
  if (hasIt(request, headers.etag)) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const size = Number(artifact.size);
  const range = request.method === 'HEAD' ? undefined : rangeOf(request, headers.etag, size);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const pieces = options.artifact
    .readArtifact({ ...message, fromByte: BigInt(start), toByte: BigInt(end + 1) }, context)
    [Symbol.asyncIterator]();
  // Whatever is wrong with the content shows before its first piece, while there is another answer.
  const first = request.method === 'HEAD' ? undefined : await pieces.next();
  context.signal.throwIfAborted();
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-type': contentType(artifact.mediaType),
    'content-length': end + 1 - start,
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  try {
    for (let next = first; next !== undefined && !next.done; next = await pieces.next()) {
      await write(response, next.value.content, context.signal);
    }
    response.end();
  } catch (reason) {
    if (BatonError.from(reason).code !== 'cancelled') toProblem(reason, options.log);
    // Its length was promised: what is missing must not look like the end.
    cutOff(request);
  } finally {
    await pieces.return?.();
  }
}

function headersOf({ digest, name, number }: Artifact) {
  return {
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
    // It never changes, but it may have been removed.
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': `attachment; filename="artifact-${number}"; filename*=UTF-8''${extended(name)}`,
  } as const;
}

/** As RFC 8187 writes it. */
function extended(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What a browser could run is text to it. */
function contentType(mediaType: string): string {
  const [essence = ''] = mediaType.split(';');
  if (/html|xml|svg|script/i.test(essence)) return 'text/plain; charset=utf-8';
  return /^text\/[^;]*$/i.test(mediaType) ? `${mediaType}; charset=utf-8` : mediaType;
}

function hasIt({ headers }: HttpRequest, etag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  return known.split(',').some((one) => ['*', etag, `W/${etag}`].includes(one.trim()));
}

/** One range of bytes, from the beginning or from the end (RFC 9110, 14.1.2). */
const RANGE = /^bytes=(?:(\d+)-(\d+)?|-(\d+))$/i;

/** Undefined for the whole content, as for several ranges and what is no range of bytes. */
function rangeOf(
  { headers }: HttpRequest,
  etag: string,
  size: number,
): { readonly start: number; readonly end: number } | undefined {
  const { range, 'if-range': ifRange } = headers;
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined;
  const [found, from, to = size - 1, last] = RANGE.exec(range.trim()) ?? [];
  if (found === undefined) return undefined;
  const start = from === undefined ? Math.max(0, size - Number(last)) : Number(from);
  const end = Math.min(Number(to), size - 1);
  if (from !== undefined && Number(to) < start && start < size) return undefined;
  if (start <= end) return { start, end };
  throw new HttpError(416, `the content has ${size} bytes, found the range '${range}'`, {
    'content-range': `bytes */${size}`,
  });
}

function refuseRangeOfQuery({ fromByte, toByte }: ReadArtifactRequest): void {
  const found = Object.entries({ fromByte, toByte }).filter(([, value]) => value !== undefined);
  if (found.length === 0) return;
  const description = 'expected in the header Range, found in the query';
  throw new BatonError('invalid_input', `${found[0]?.[0]}: ${description}`, {
    violations: found.map(([field]) => ({ field, description })),
  });
}

function cutOff(request: HttpRequest): void {
  if ('stream' in request) request.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else request.socket.destroy();
}
