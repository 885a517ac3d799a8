import { type IncomingMessage, type OutgoingHttpHeaders, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { pipeline, type Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { ModelReply } from '../model-cassette/recorded-answer.ts';
import { ApiError } from './api-error.ts';

export interface ProviderRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Resolves with the head of the answer; redirects are not followed, for the key would go along.
 *
 * @throws ApiError 502 for an answer in an encoding that is not known.
 */
export async function askProvider(url: string, asked: ProviderRequest): Promise<ModelReply> {
  const message = await send(url, asked);
  const headers = Object.entries(message.headers).filter(([, value]) => typeof value === 'string');
  return {
    status: message.statusCode ?? 502,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: decoded(message),
  };
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** None was asked for, but proxies on the way may encode all the same: and what is encoded cannot be counted. */
function decoded(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding === 'identity') return message;
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (decoder === undefined) {
    message.destroy();
    const known = ['identity', ...Object.keys(DECODERS)].join(', ');
    throw new ApiError(
      502,
      `the answer of the provider is encoded as '${encoding}'; known are: ${known}`,
    );
  }
  // Who reads gets the error.
  return pipeline(message, decoder(), () => {});
}

function send(url: string, asked: ProviderRequest): Promise<IncomingMessage> {
  const { method, headers, body, signal } = asked;
  const request = url.startsWith('https:') ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    request(url, { method, headers: { ...headers, ...length }, signal })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
}

/** @throws ApiError `status` when there is more than `most` bytes. */
export async function readText(
  body: AsyncIterable<Uint8Array>,
  most: number,
  status: 413 | 502,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw new ApiError(status, `a body has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The first bytes, of which there may be any number more. */
export async function readBeginning(
  body: AsyncIterable<Uint8Array>,
  most: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > most) break;
  }
  return Buffer.concat(chunks).subarray(0, most).toString('utf8');
}
