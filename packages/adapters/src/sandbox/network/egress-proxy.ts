import {
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import { canonicalHost } from '../../network/addresses.ts';
import { ForbiddenAddress } from '../../network/dial-checked.ts';
import type { RefusedHost } from '../sandbox.ts';
import { connectionsOf, joinConnections } from './connections.ts';
import {
  authorityOf,
  type DialOptions,
  dial,
  dialProxy,
  dialThrough,
  type Target,
} from './dial.ts';
import { type HostRule, portOf, ruleFor } from './host-rules.ts';
import { proxyAuthorization, type Upstream } from './upstream.ts';

/*
 * Invariants
 * 1. Only the CONNECT target, or the address of the request, decides where a connection goes; nothing else
 *    from the client does. Names are resolved here, once.
 * 2. A client cannot use more than the limits on connections, headers and time to connect.
 * 3. When `close` resolves, no connection is left on either side.
 */

export interface EgressOptions extends Omit<DialOptions, 'signal'> {
  readonly upstream: Upstream;
  /** Milliseconds for a host to accept a connection. */
  readonly connectTimeoutMs: number;
  /** Milliseconds for a client to send its headers. */
  readonly headersTimeoutMs: number;
  /** Concurrent connections; further ones are closed. */
  readonly maxConnections: number;
}

/** An HTTP proxy that passes traffic to listed hosts: CONNECT, and plain HTTP with absolute addresses. */
export interface EgressProxy {
  /** The server, not yet listening. */
  readonly server: Server;
  refused(): readonly RefusedHost[];
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** Headers that concern only the next hop. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
]);

export function createEgressProxy(options: EgressOptions): EgressProxy {
  const { rules, upstream, connectTimeoutMs, headersTimeoutMs, maxConnections } = options;
  const refused = createRefusedHosts();
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    // Transfers may take as long as the command itself.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
  });
  server.maxConnections = maxConnections;
  const { signal: closing, track, close } = connectionsOf(server);
  const soon = (): AbortSignal => AbortSignal.any([closing, AbortSignal.timeout(connectTimeoutMs)]);

  /**
   * The rule that permits the target.
   *
   * @throws a refusal when none does.
   */
  function listed(target: Target | undefined, named: string): HostRule {
    const rule = target && ruleFor(rules, target.host, target.port);
    if (rule !== undefined) return rule;
    const host = target === undefined ? named : authorityOf(target);
    refused.add({ host });
    throw new Refusal(403, `${host} is not in sandbox.network`);
  }

  /** Connects to the host or its proxy. A failure becomes a response. */
  async function reach<T extends Duplex>(target: Target, work: () => Promise<T>): Promise<T> {
    try {
      return track(await work());
    } catch (reason) {
      const host = authorityOf(target);
      if (!(reason instanceof ForbiddenAddress)) {
        throw new Refusal(502, `${host} cannot be reached: ${(reason as Error).message}`);
      }
      refused.add({ host, leadsTo: reason.address });
      throw new Refusal(403, `${host} resolves to ${reason.address}, which no name may resolve to`);
    }
  }

  async function tunnel(incoming: IncomingMessage, client: Duplex): Promise<void> {
    const named = incoming.url ?? '';
    const target = targetOf(named);
    const rule = listed(target, named);
    if (target === undefined) return;
    const proxy = rule.kind === 'local' ? undefined : upstream({ ...target, tunnel: true });
    const signal = soon();
    const host = await reach(target, () =>
      proxy === undefined
        ? dial(target, rule, { ...options, signal })
        : dialThrough(proxy, target, signal),
    );
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    joinConnections(client, host);
  }

  async function fetch(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = absoluteUrl(incoming.url ?? '');
    if (url === undefined) {
      throw new Refusal(
        400,
        'expected CONNECT, or the absolute http: address of what is asked for',
      );
    }
    const target = targetOf(`${url.hostname}:${url.port === '' ? 80 : url.port}`);
    const rule = listed(target, url.host);
    if (target === undefined) return;
    const proxy = rule.kind === 'local' ? undefined : upstream({ ...target, tunnel: false });
    const signal = soon();
    const socket = await reach<Socket>(target, () =>
      proxy === undefined ? dial(target, rule, { ...options, signal }) : dialProxy(proxy, signal),
    );
    const path = `${url.pathname}${url.search}`;
    const asked = request({
      createConnection: () => socket,
      method: incoming.method ?? 'GET',
      path: proxy === undefined ? path : `${url.origin}${path}`,
      headers: {
        ...endToEnd(incoming),
        // Whatever the method: a body without framing would be read as another request.
        ...(incoming.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }),
        ...(proxy !== undefined && proxyAuthorization(proxy)),
        // The client's own Host header is ignored.
        host: url.host,
        connection: 'close',
      },
    });
    let problem: Error | undefined;
    asked.once('error', (reason) => {
      problem = reason;
    });
    asked.once('close', () => {
      if (!answer.headersSent) say(answer, refusalOf(problem ?? new Error('it gave no answer')));
    });
    asked.once('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, endToEnd(response));
      pipeline(response, answer, () => {});
    });
    answer.once('close', () => socket.destroy());
    pipeline(incoming, asked, () => {});
  }

  server.on('connect', (incoming, client, head) => {
    // Bytes that the client sends early wait until the host is connected.
    if (head.length > 0) client.unshift(head);
    tunnel(incoming, client).catch((reason: unknown) => {
      client.end(inFull(refusalOf(reason)));
    });
  });
  server.on('request', (incoming, answer) => {
    fetch(incoming, answer).catch((reason: unknown) => say(answer, refusalOf(reason)));
  });
  return { server, refused: refused.list, close };
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: 400 | 403 | 502, message: string) {
    super(message);
    this.status = status;
  }
}

function refusalOf(reason: unknown): Refusal {
  return reason instanceof Refusal ? reason : new Refusal(502, (reason as Error).message);
}

function say(answer: ServerResponse, { status, message }: Refusal): void {
  if (answer.destroyed || answer.headersSent) return void answer.destroy();
  answer.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  answer.end(`Baton: ${message}\n`);
}

/** The response to a CONNECT, which the server does not write itself. */
function inFull({ status, message }: Refusal): string {
  const body = `Baton: ${message}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    `\r\n${body}`,
  ].join('\r\n');
}

function targetOf(authority: string): Target | undefined {
  const [, named = '', end = ''] = /^(\[.*\]|[^[\]:]*):(.*)$/.exec(authority) ?? [];
  const host = canonicalHost(named);
  const port = portOf(end);
  return host === undefined || port === undefined ? undefined : { host, port };
}

function absoluteUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && /^http:\/\//i.test(text) ? url : undefined;
}

function endToEnd(message: IncomingMessage): Record<string, string | string[]> {
  const named = (message.headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const kept = Object.entries(message.headersDistinct).filter(
    ([name]) => !HOP_BY_HOP.has(name) && !named.includes(name) && name !== 'host',
  );
  return Object.fromEntries(kept.map(([name, values = []]) => [name, values]));
}

/** Hosts to remember, at most: hostile code may name many. */
const MOST_HOSTS = 32;
/** The longest name has 253 characters, plus a port. */
const MOST_CHARACTERS = 260;

export interface RefusedHosts {
  add(refused: RefusedHost): void;
  /** The hosts in the order of their first try, without duplicates. */
  list(): readonly RefusedHost[];
}

export function createRefusedHosts(): RefusedHosts {
  const found = new Map<string, RefusedHost>();
  return {
    add({ host, leadsTo }) {
      const shown = host.replaceAll(/[^\x21-\x7e]/g, '?').slice(0, MOST_CHARACTERS);
      if (found.has(shown) || found.size >= MOST_HOSTS) return;
      found.set(shown, leadsTo === undefined ? { host: shown } : { host: shown, leadsTo });
    },
    list: () => [...found.values()],
  };
}
