import { type IncomingMessage, type OutgoingHttpHeaders, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { ModelReply } from '../model-cassette/recorded-answer.ts';
import { ApiError } from './api-error.ts';

export interface ProviderRequest {
  readonly method: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** Resolves with the head of the answer; redirects are not followed, for the key would go along. */
export async function askProvider(url: string, asked: ProviderRequest): Promise<ModelReply> {
  const message = await send(url, asked);
  const headers = Object.entries(message.headers).filter(([, value]) => typeof value === 'string');
  return {
    status: message.statusCode ?? 502,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: message,
  };
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
