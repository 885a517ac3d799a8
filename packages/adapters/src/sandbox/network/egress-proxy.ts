import {
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Duplex, pipeline } from 'node:stream';
import type { RefusedHost } from '../sandbox.ts';
import { canonicalHost, portOf } from './canonical-host.ts';
import { connectionsOf, joinConnections } from './connections.ts';
import {
  authorityOf,
  type DialOptions,
  dial,
  dialProxy,
  dialThrough,
  ForbiddenAddress,
  type Target,
} from './dial.ts';
import { type HostRule, ruleFor } from './host-rules.ts';
import { createRefusedHosts } from './refused-hosts.ts';
import { proxyAuthorization, type Upstream } from './upstream.ts';

/*
 * 1. Whom a connection goes to is told by the CONNECT, or by the address of the request, and by nothing
 *    else that a client says; a name is resolved here, once.
 * 2. Whatever a client does costs no more than its limits: connections, headers, time to connect.
 * 3. When `close` resolves, no connection is left, to either side.
 */

export interface EgressOptions extends Omit<DialOptions, 'signal'> {
  readonly upstream: Upstream;
  /** Milliseconds until a host has to have accepted a connection. */
  readonly connectTimeoutMs: number;
  /** Milliseconds in which a client has to have said whom it wants to reach. */
  readonly headersTimeoutMs: number;
  /** Connections at once; further ones are closed. */
  readonly maxConnections: number;
}

/** A proxy for HTTP that lets listed hosts through: by CONNECT, and plain HTTP by absolute addresses. */
export interface EgressProxy {
  /** It listens on nothing yet. */
  readonly server: Server;
  refused(): readonly RefusedHost[];
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;

/** What a header of this name says is for the next hop alone. */
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
    // What is sent or fetched may take as long as the command itself.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
  });
  server.maxConnections = maxConnections;
  const { signal: closing, track, close } = connectionsOf(server);
  const soon = (): AbortSignal => AbortSignal.any([closing, AbortSignal.timeout(connectTimeoutMs)]);

  /** The entry that lets it through. */
  function listed(target: Target | undefined, named: string): HostRule {
    const rule = target && ruleFor(rules, target.host, target.port);
    if (rule !== undefined) return rule;
    const host = target === undefined ? named : authorityOf(target);
    refused.add({ host });
    throw new Refusal(403, `${host} is not in sandbox.network`);
  }

  /** A connection to the host, or its proxy; what keeps it from being made is an answer. */
  async function reach<T extends Duplex>(target: Target, work: () => Promise<T>): Promise<T> {
    try {
      return track(await work());
    } catch (reason) {
      const host = authorityOf(target);
      if (!(reason instanceof ForbiddenAddress)) {
        throw new Refusal(502, `${host} cannot be reached: ${(reason as Error).message}`);
      }
      refused.add({ host, leadsTo: reason.address });
      throw new Refusal(403, `${host} leads to ${reason.address}, where no name may lead`);
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
        // Whatever the method: a body without a frame would be taken for a further request.
        ...(incoming.headers['transfer-encoding'] && { 'transfer-encoding': 'chunked' }),
        ...(proxy !== undefined && proxyAuthorization(proxy)),
        // What a client says of it counts nothing.
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
    // What it says meanwhile waits for the host: nobody reads it yet.
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

/** For a CONNECT, to which the server has no answer of its own. */
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
