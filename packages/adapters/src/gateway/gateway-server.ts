import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { BatonError } from '@baton/core';
import { parseJson } from '@baton/core/internal';
import { createLedger, type LedgerState } from '../metering/ledger.ts';
import { openCassetteSession } from '../model-cassette/cassette-session.ts';
import { ApiError, errorBody } from './api-error.ts';
import { readText } from './ask-provider.ts';
import { createForward, MOST_BYTES } from './forward.ts';
import type { ResolvedGatewayOptions } from './gateway-options.ts';
import { type Body, isObject } from './json-body.ts';
import { apiOf, KNOWN_PATHS, routeOf, tokenOf } from './routes.ts';

/** A proxy between the agents of one attempt and their providers. */
export interface ModelGateway {
  /** To be given to agents as the base URL; it has no path. */
  readonly url: string;
  /** To be given to agents as the API key. It is worth nothing but here, and as long as this is open. */
  readonly token: string;
  ledger(): LedgerState;
  /** In a replay: the first request for which nothing was recorded. */
  missing(): BatonError | undefined;
  /** Ends the calls under way. Resolves when everything is settled and reported. */
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 256;

/** Serves until it is closed, or its signal aborts. */
export async function openGatewayServer(options: ResolvedGatewayOptions): Promise<ModelGateway> {
  const { allowance, report, journal, upstreams, cassette, redact } = options;
  const ledger = createLedger({ allowance, report, journal });
  const masked = (text: string) =>
    upstreams.reduce((so, { key }) => so.replaceAll(key, '[key]'), redact(text));
  const session = cassette && openCassetteSession(cassette, masked);
  const forward = createForward(options, ledger, session);
  const token = `baton-${randomBytes(32).toString('base64url')}`;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    const { pathname, searchParams: query } = url ?? new URL('http://127.0.0.1');
    const route = routeOf(method, pathname, headers);
    const api = route?.api ?? apiOf(pathname, headers);
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the agent closed the connection')));
    const signal = AbortSignal.any([closing.signal, gone.signal]);
    try {
      if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) {
        throw new ApiError(403, `the host is ${headers.host}, expected 127.0.0.1`);
      }
      if (!isSame(tokenOf(headers, query), token)) {
        throw new ApiError(401, "the key is not this gateway's token");
      }
      if (url === null) throw new ApiError(400, `${request.url} is no address`);
      if (route === undefined) {
        const known = KNOWN_PATHS.join(', ');
        throw new ApiError(404, `${method} ${pathname} is not known here; known are: ${known}`);
      }
      if (route.streams && query.get('alt') !== 'sse') {
        throw new ApiError(400, 'expected alt=sse: streams are sent as events alone');
      }
      if (underWay.size >= options.maxCalls) {
        throw new ApiError(429, `${options.maxCalls} calls are under way, the most at one time`);
      }
      const body = method === 'POST' ? await bodyOf(request, signal) : undefined;
      await forward({ route, method, headers, query, body, response, signal });
    } catch (reason) {
      answerError(response, api, reason);
    }
  }

  function answerError(
    response: ServerResponse,
    api: (typeof options.upstreams)[number]['api'],
    reason: unknown,
  ): void {
    // What has begun cannot be taken back: the agent is to see that it broke off.
    if (response.headersSent || response.destroyed) return void response.destroy();
    const error = apiErrorOf(reason, closing.signal.aborted);
    const message = options.redact(error.message);
    response.writeHead(error.status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(errorBody(api, new ApiError(error.status, message))));
  }

  const server = createServer((request, response) => {
    // Whatever an agent sends ends its own connection at most, never the process.
    const handled = handle(request, response).catch(() => void response.destroy());
    underWay.add(handled);
    void handled.finally(() => underWay.delete(handled));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= (async () => {
      closing.abort(new BatonError('cancelled', 'the model gateway is closed'));
      server.close();
      await Promise.all(underWay);
      server.closeAllConnections();
      journal?.close();
    })();
    return closed;
  };
  if (options.signal.aborted) await close();
  else options.signal.addEventListener('abort', () => void close(), { once: true });
  const { port } = (server.address() ?? { port: 0 }) as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    ledger: ledger.state,
    missing: () => session?.missing(),
    close,
  };
}

const LIMITS = { depth: 200, values: 2_000_000 } as const;

/** Reads no longer than `signal` lets it: a sender may stop half-way and keep its connection. */
async function bodyOf(request: IncomingMessage, signal: AbortSignal): Promise<Body> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw new ApiError(415, `the body is encoded as ${encoding}, expected it as it is`);
  }
  const most = new ApiError(413, `the body has more than ${MOST_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw most;
  const text = await readText(addAbortSignal(signal, request), MOST_BYTES, 413);
  try {
    const body = parseJson(text, LIMITS);
    if (isObject(body)) return body;
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    const status = code === 'limit_exceeded' ? 413 : 400;
    throw new ApiError(status, `the body is no JSON object that is taken here: ${message}`);
  }
  throw new ApiError(400, 'the body is no JSON object');
}

function apiErrorOf(reason: unknown, isClosing: boolean): ApiError {
  if (reason instanceof ApiError) return reason;
  if (isClosing) return new ApiError(503, 'the model gateway is closed');
  const { code, message } = BatonError.from(reason);
  const status = code === 'budget_spent' || code === 'invalid_input' ? 400 : 500;
  return new ApiError(status, message);
}

/** Digests are of one length, so that the time that it takes tells nothing. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
