import type { Server as HttpServer } from 'node:http';
import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Connection, unsentOf } from './connection.ts';
import type { ResolvedLimits } from './load-limits.ts';
import { stopReading } from './reading.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * The open connections of one port.
 *
 * 1. `all` has a connection from the moment that TCP has it until it is closed, those included that were
 *    refused and have not been told yet.
 * 2. A connection that is refused is told why in the words of its protocol, and works on nothing.
 */
export interface Connections {
  readonly all: ReadonlyMap<string, Connection>;
  /** The connection that a socket or a session belongs to; undefined once it is closed. */
  of(socket: Peer | undefined): Connection | undefined;
  /** `status` is for callers that did something they may not; none for those that are only idle. */
  close(connection: Connection, reason: string, status?: 408 | 503): void;
}

export interface PortOptions {
  readonly port: 'gRPC' | 'HTTP';
  readonly isTls: boolean;
}

interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** With TLS there is no word for those above the limit before the handshake, which costs. */
const MOST_HANDSHAKES_TO_REFUSE = 256;
/** How long a connection may take to read why it is closed. */
const LINGER_MS = 1000;

export function watchConnections(
  server: HttpServer | Http2Server | Http2SecureServer,
  limits: ResolvedLimits,
  scheduler: Scheduler,
  { isTls, port }: PortOptions,
  refusalLog: RefusalLog,
): Connections {
  const all = new Map<string, Connection>();
  const perAddress = new Map<string, number>();
  const refusal = (address: string): string | undefined => {
    if (all.size >= limits.connections) {
      return `the server has ${limits.connections} connections, its limit`;
    }
    if ((perAddress.get(address) ?? 0) < limits.connectionsPerAddress) return undefined;
    return `the server has ${limits.connectionsPerAddress} connections of ${address}, its limit`;
  };
  const of = (socket: Peer | undefined) => all.get(keyOf(socket));

  const speakHttp1 = (connection: Connection, socket: Socket) => {
    connection.http1 = socket;
    if (connection.refused !== undefined) close(connection, connection.refused, 503);
  };

  if (isTls) paceHandshakes(server, of, scheduler);
  server.prependListener('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const refused = refusal(address);
    if (refused !== undefined) {
      refusalLog.count(refused, address);
      if (all.size >= limits.connections + MOST_HANDSHAKES_TO_REFUSE) {
        socket.destroy();
        return;
      }
    }
    const key = keyOf(socket);
    const now = performance.now();
    const connection: Connection = {
      ...{ key, address, socket, quietSince: now, hasAsked: false, isCrowding: false },
      ...{ exchanges: new Set(), waiting: [], starting: 0, underWay: 0, futile: 0 },
      ...{ clockMs: 0, burst: 0, burstRound: 0, isEnding: false },
      ...{ makingBytes: 0, unread: { bytes: 0, at: now } },
      ...(refused !== undefined && { refused }),
    };
    all.set(key, connection);
    if (!isTls && port === 'HTTP') speakHttp1(connection, socket);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    socket.once('close', () => {
      all.delete(key);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const connection = socket.alpnProtocol === 'h2' ? undefined : of(socket);
    if (connection !== undefined) speakHttp1(connection, socket);
  });
  server.on('session', (session: ServerHttp2Session) => {
    const connection = of(session.socket);
    if (connection === undefined) return;
    connection.session = session;
    const end = (reason: string) => {
      connection.refused ??= reason;
      refusalLog.count(reason, connection.address);
      close(connection, reason, 503);
    };
    explainEnd(session, end);
    boundControlFrames(session, end);
    const { refused } = connection;
    if (refused !== undefined) close(connection, refused, 503);
  });
  const endInTurn = async (connection: Connection, session: ServerHttp2Session) => {
    await scheduler.enter(connection, 'end');
    session.destroy();
  };
  const close: Connections['close'] = (connection, reason, status) => {
    const { session, http1, socket, exchanges } = connection;
    // Until it is over, what was written and is not read is still held.
    const isHolding = unsentOf(connection) > 0;
    const lingerMs = isHolding ? LINGER_MS / 10 : LINGER_MS;
    if (session !== undefined) {
      goAway(session, reason, status !== undefined);
      // What is under way ends with it; without a fault nothing is.
      if (status === undefined) session.close();
      else {
        stopReading(connection);
        const end = () => endInTurn(connection, session);
        if (isHolding) setImmediate(end);
        else setTimeout(end, lingerMs / 2).unref();
      }
    }
    // In the middle of a reply there is no place for another one.
    else if (exchanges.size > 0) socket.destroy();
    else http1?.end(status === undefined ? '' : answer(status, reason));
    setTimeout(() => socket.destroy(), lingerMs).unref();
  };
  return { all, of, close };
}

function keyOf(socket: Peer | undefined): string {
  return `${socket?.remoteAddress}:${socket?.remotePort}`;
}

function goAway(session: ServerHttp2Session, reason: string, isFault: boolean): void {
  if (session.destroyed) return;
  const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR } = constants;
  const code = isFault ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR;
  session.goaway(code, undefined, Buffer.from(reason));
}

/** Node's own limits end a session at once, and with the code of an internal error. */
function explainEnd(session: ServerHttp2Session, end: (reason: string) => void): void {
  const { destroy } = session;
  let isExplained = false;
  session.destroy = (error, code) => {
    const reason = code === undefined ? excess(error) : undefined;
    if (reason === undefined) destroy.call(session, error, code);
    // What came meanwhile is not to keep the reason from leaving.
    else if (!isExplained) {
      isExplained = true;
      end(reason);
    }
  };
}

/** nghttp2's code for it. */
const BAD_CLIENT_MAGIC = -903;

/** What Node says of a peer that did too much of something, but not of one that speaks no HTTP/2. */
function excess(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !code.startsWith('ERR_HTTP2_')) return undefined;
  return errno === BAD_CLIENT_MAGIC ? undefined : message;
}

const TITLES = { 408: 'Request Timeout', 503: 'Service Unavailable' } as const;

/** The answer of HTTP/1.1 to a connection that is closed, whatever it asks. */
function answer(status: 408 | 503, detail: string): string {
  const title = TITLES[status];
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'retry-after: 1',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/**
 * PING and SETTINGS frames of a connection in a second. Each is answered, and each takes a few microseconds.
 * Clients that measure the path to the server send one with every reply.
 */
const MOST_A_SECOND = 10_000;

/** Calls `end` with the reason once a session has sent more of them than it may. */
function boundControlFrames(session: ServerHttp2Session, end: (reason: string) => void): void {
  let frames = 0;
  let since = 0;
  const count = () => {
    const now = performance.now();
    if (now - since > 1000) {
      since = now;
      frames = 0;
    }
    frames += 1;
    if (frames === MOST_A_SECOND + 1) {
      end(`more than ${MOST_A_SECOND} PING and SETTINGS frames a second`);
    }
  };
  session.on('ping', count);
  session.on('remoteSettings', count);
}

/**
 * Lets each TLS handshake begin when it is its connection's turn, and once the client has said something: a
 * handshake takes about a millisecond of the event loop, and many may come together.
 */
function paceHandshakes(
  server: Server,
  of: (socket: Socket) => Connection | undefined,
  scheduler: Scheduler,
): void {
  const listeners = server.listeners('connection') as ((socket: Socket) => void)[];
  const accept = listeners.find(({ name }) => name === 'tlsConnectionListener');
  if (accept === undefined) {
    throw new Error('this version of Node accepts TLS connections otherwise than Node 24 does');
  }
  server.removeListener('connection', accept);
  server.on('connection', (socket: Socket) => {
    // Until TLS has the socket, this is the only listener for its errors.
    socket.on('error', () => {});
    socket.once('readable', async () => {
      const connection = of(socket);
      if (connection === undefined) return;
      await scheduler.enter(connection, 'handshake');
      if (socket.destroyed) return;
      connection.isTls = true;
      accept.call(server, socket);
    });
  });
}
