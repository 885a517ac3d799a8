import { cors as connectCors } from '@connectrpc/connect';
import { HEARTBEAT_HEADER } from '../limits.ts';
import { HttpError, type HttpRequest, type HttpResponse } from './answer.ts';

export interface OriginGuardOptions {
  /** The address that is listened on. */
  readonly host: string;
  /** Origins whose pages may call: `https://app.example`, or `*` for any. Empty: none. */
  readonly corsOrigins: readonly string[];
  /** Names beside the loopback ones that a server on loopback is called by. */
  readonly allowedHosts: readonly string[];
}

/** How long a browser may remember a preflight, in seconds. */
const PREFLIGHT_SECONDS = 7200;

const METHODS = [...new Set(['GET', 'HEAD', ...connectCors.allowedMethods])].join(', ');
const REQUEST_HEADERS = [
  ...connectCors.allowedHeaders,
  'Authorization',
  'Idempotency-Key',
  'Last-Event-ID',
  ...['Range', 'If-Range', 'If-None-Match'],
  ...['Mcp-Protocol-Version', 'Mcp-Method', 'Mcp-Name'],
  ...['X-Request-Id', 'Traceparent', 'Tracestate'],
].join(', ');
const RESPONSE_HEADERS = [
  ...connectCors.exposedHeaders,
  'Allow',
  ...['Accept-Ranges', 'Content-Disposition', 'Content-Length', 'Content-Range', 'ETag'],
  ...['Retry-After', 'X-Request-Id'],
  HEARTBEAT_HEADER,
].join(', ');

/**
 * Decides which browsers' pages may call. Returns whether it has answered the request itself: a
 * preflight.
 *
 * 1. Without `corsOrigins` no page of another origin gets to read an answer.
 * 2. A server on loopback trusts every process on the machine. So it answers only to names that mean
 *    the machine, which a foreign page cannot have, whatever its DNS says (DNS rebinding), and no
 *    page of a foreign origin.
 *
 * @throws HttpError 403 for a host or an origin that may not call.
 */
export function createOriginGuard(
  options: OriginGuardOptions,
): (request: HttpRequest, response: HttpResponse) => boolean {
  const { corsOrigins } = options;
  const isLocal = isLoopback(options.host);
  const hosts = new Set(options.allowedHosts.map((name) => name.toLowerCase()));
  const isOurs = (name: string) => isLoopback(name) || hosts.has(name);
  const isWelcome = (origin: string) => corsOrigins.includes('*') || corsOrigins.includes(origin);
  return (request, response) => {
    const { origin } = request.headers;
    const called = hostName(`http://${authority(request) ?? 'localhost'}`);
    if (isLocal && !isOurs(called)) {
      throw new HttpError(403, `this server is not called '${called}': it listens on loopback`);
    }
    if (corsOrigins.length > 0) response.setHeader('vary', 'Origin');
    if (origin === undefined) return false;
    if (isWelcome(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-expose-headers', RESPONSE_HEADERS);
      return request.method === 'OPTIONS' && preflight(request, response);
    }
    if (isLocal && !isOurs(hostName(origin))) {
      throw new HttpError(403, `pages of ${origin} may not call this server`);
    }
    return false;
  };
}

function preflight({ headers }: HttpRequest, response: HttpResponse): boolean {
  if (headers['access-control-request-method'] === undefined) return false;
  response.setHeader('access-control-allow-methods', METHODS);
  response.setHeader('access-control-allow-headers', REQUEST_HEADERS);
  response.setHeader('access-control-max-age', String(PREFLIGHT_SECONDS));
  response.writeHead(204);
  response.end();
  return true;
}

function authority({ headers }: HttpRequest): string | undefined {
  const name = headers[':authority'] ?? headers.host;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** The host of a URL, in lower case and without its port; as it was found when it is no URL. */
function hostName(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

/** Names and addresses that mean this machine (RFC 6761, RFC 1122, RFC 4291). */
export function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return (
    bare === 'localhost' ||
    bare.endsWith('.localhost') ||
    bare === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(bare)
  );
}
