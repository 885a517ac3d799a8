import { lookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls } from 'node:tls';
import {
  canonicalHost,
  dialChecked,
  isForbiddenAddress,
  isPrivateAddress,
} from '@baton/adapters/network';

/** Bytes of an answer that are read, for what it says in words. */
const MOST_ANSWER_BYTES = 4096;

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether addresses may be private, loopback, link-local or a metadata service. */
  readonly allowPrivate: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Resolves a name to all its addresses. Default: as the machine does. */
  readonly resolve?: ((name: string) => Promise<readonly string[]>) | undefined;
  /** For TLS: certificates to trust in place of the system's. */
  readonly ca?: string | undefined;
}

export interface PostAnswer {
  readonly status: number;
  /** The header, in milliseconds from now on. */
  readonly retryAfterMs: number | undefined;
  /** The beginning of what it says, in one line. */
  readonly words: string;
}

/**
 * Posts to a host that others have named: connects only to addresses that are permitted, follows no redirect, uses no
 * proxy, and reads no further than 4 KiB of the answer.
 *
 * @throws ForbiddenAddress for an address that is refused; Error when there is no answer.
 */
export async function post({ url, headers, body, ...options }: Post): Promise<PostAnswer> {
  const socket = await connection(url, options);
  try {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = httpRequest({
      createConnection: () => socket,
      method: 'POST',
      // The host of the header; the connection is made.
      host: url.hostname,
      port: portOf(url),
      path: `${url.pathname}${url.search}`,
      signal: options.signal,
      headers: { host: url.host, ...headers, 'content-length': String(Buffer.byteLength(body)) },
    });
    request.once('response', resolve);
    // Node tells of an answer that leaves HTTP by this alone, and of some ends by none but `close`.
    request.once('upgrade', ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
    request.once('close', () => reject(new Error('the connection ended without an answer')));
    request.on('error', reject);
    request.end(body);
    const response = await promise;
    const words = await beginning(response);
    return {
      status: response.statusCode ?? 0,
      retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
      words,
    };
  } finally {
    socket.destroy();
  }
}

type Connecting = Pick<Post, 'allowPrivate' | 'signal' | 'resolve' | 'ca'>;

async function connection(url: URL, options: Connecting): Promise<Socket> {
  const { allowPrivate, signal, resolve = addressesOf, ca } = options;
  const host = canonicalHost(url.hostname);
  if (host === undefined) throw new Error(`'${url.hostname}' is no host`);
  const own = ownAddresses();
  const refuses = (address: string) =>
    !allowPrivate && (isForbiddenAddress(address, own) || isPrivateAddress(address));
  const socket = await dialChecked(host, portOf(url), { lookup: resolve, refuses, signal });
  // What breaks later, whoever uses the socket hears of; until then, this does.
  socket.on('error', () => {});
  if (url.protocol !== 'https:') return socket;
  const tls = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }), ca });
  tls.on('error', () => {});
  return tls;
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map(({ address }) => address),
  );
}

async function beginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MOST_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** A number of seconds, or a date; undefined for what is neither. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
