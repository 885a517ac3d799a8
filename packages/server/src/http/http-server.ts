import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Admit } from '../access/guard.ts';
import type { Handlers } from '../handlers.ts';
import { MAX_HEADER_PAIRS, MAX_REJECTED_STREAMS, MAX_SESSION_MEGABYTES } from '../limits.ts';
import { boundStreams } from '../load/bounded-streams.ts';
import { limitLoad } from '../load/load.ts';
import type { ResolvedLimits } from '../load/load-limits.ts';
import type { Scheduler } from '../load/scheduler.ts';
import type { Log } from '../log.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ReadinessCheck } from '../readiness.ts';
import { REQUEST_ID_HEADER, requestIdOf } from '../request/request-id.ts';
import type { ServedService } from '../services.ts';
import { CIPHERS, clientCertificates, type Tls } from '../tls.ts';
import { HttpError, type HttpRequest, type HttpResponse, sendProblem } from './answer.ts';
import { boundRequests, createRefusals } from './bounded-requests.ts';
import { createConsoleRoute } from './console-route.ts';
import type { McpRoute } from './mcp-route.ts';
import type { GuardedMetrics } from './metrics-route.ts';
import { answerNeverRequests } from './never-requests.ts';
import { createOriginGuard } from './origin-guard.ts';
import { isStreamPath } from './routes.ts';
import { createRpcAdapter } from './rpc-adapter.ts';
import { createRouteHandler } from './serve-route.ts';

export interface HttpServerOptions {
  readonly services: readonly ServedService[];
  readonly admit: Admit;
  readonly handlers: Handlers;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: Tls | undefined;
  readonly heartbeatMs: number;
  readonly corsOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly limits: ResolvedLimits;
  readonly scheduler: Scheduler;
  readonly mcp: McpRoute;
  readonly readiness: ReadinessCheck;
  /** Served as `GET /metrics`; undefined: not here. */
  readonly metrics: GuardedMetrics | undefined;
}

export interface HttpServer {
  readonly port: number;
  /** How many connections are open. */
  connections(): number;
  /** Says by `/healthz` that it stops; it still serves, the last request of each HTTP/1.1 connection. */
  retire(): void;
  /** No new connections; resolves when the requests under way have been answered. */
  drain(): Promise<void>;
  /** Cuts off whatever is left. */
  destroy(): void;
}

/**
 * Connect, gRPC-Web and the HTTP+JSON routes on one port: HTTP/1.1, and with TLS also HTTP/2, on
 * which connect-node serves gRPC too.
 *
 * 1. `sockets` has every open connection, `sessions` those that speak HTTP/2, and `responses` for each that
 *    speaks HTTP/1.1 what is not fully answered, oldest first.
 * 2. Once `stopping`, a connection without a request is closed, and `drain` waits for the rest.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { services, log, tls } = options;
  let stopping = false;
  let isRetired = false;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const responses = new Map<Socket, Set<HttpResponse>>();
  const server = createNodeServer(options);
  const load = limitLoad(server, {
    ...{
      limits: options.limits,
      scheduler: options.scheduler,
      log,
      port: 'HTTP',
      isTls: tls !== undefined,
    },
  });
  const isRpc = createRpcAdapter(services, {
    ...options,
    connectionOf: load.of,
    mostInflated: options.limits.heldBytes / 2,
  });
  const serveRoute = createRouteHandler({
    ...options,
    serveConsole: createConsoleRoute(),
    isServing: () => !stopping && !isRetired,
    connectionOf: load.of,
  });
  const answers = createOriginGuard(options);
  const count = (request: HttpRequest, response: HttpResponse) => {
    const { socket } = request;
    const open = responses.get(socket)?.add(response);
    if (stopping || isRetired) response.setHeader('connection', 'close');
    response.once('close', () => {
      open?.delete(response);
      if (stopping && open?.size === 0) socket.destroySoon();
    });
  };
  const serve = (request: HttpRequest, response: Parameters<typeof isRpc>[1]) => {
    try {
      if (request.httpVersion === '1.1' && request.headers.host === undefined) {
        throw new HttpError(400, 'expected a header Host, found none');
      }
      if (answers(request, response) || isRpc(request, response)) return;
      if (options.mcp.serves(request, response)) return;
      serveRoute(request, response);
    } catch (reason) {
      // connect-node throws at a request for an RPC whose host is missing or no host at all.
      const refusal =
        reason instanceof HttpError ? reason : new HttpError(400, 'expected a host in the request');
      sendProblem(request, response, refusal, log);
    }
  };
  const isStream = streamPaths(services);
  const serveInTurn = boundRequests(load, isStream, log, serve);
  server.on('request', (request: HttpRequest, response: Parameters<typeof isRpc>[1]) => {
    // What serves a request stops listening before Node tells it of a connection that broke: an error that
    // has no listener ends the process.
    request.on('error', () => {});
    const id = requestIdOf(request.headers[REQUEST_ID_HEADER]);
    request.headers[REQUEST_ID_HEADER] = id;
    response.setHeader(REQUEST_ID_HEADER, id);
    // HTTP/2 counts for itself, and says with GOAWAY that it is closing. Its streams come in turn.
    if ('stream' in request) return serve(request, response);
    count(request, response);
    serveInTurn(request, response);
  });
  answerNeverRequests(server, log, (socket) => {
    const [current] = responses.get(socket as Socket) ?? [];
    return current?.headersSent === true;
  });
  if (tls !== undefined) {
    const refusalOf = createRefusals(log);
    boundStreams(server as Http2SecureServer, {
      load,
      isStream,
      haveOpenRequests: false,
      refusalOf,
    });
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') return;
    responses.set(socket, new Set());
    socket.once('close', () => responses.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    connections: load.connections,
    retire() {
      isRetired = true;
    },
    async drain() {
      stopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // From Node 24 on, `close` does both; before, it waits for connections that are only kept.
      for (const session of sessions) session.close();
      for (const [socket, open] of responses) if (open.size === 0) socket.destroySoon();
      await closed;
    },
    destroy() {
      load.stop();
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function createNodeServer({ tls, limits }: HttpServerOptions): Server | Http2SecureServer {
  const http1 = {
    headersTimeout: limits.requestSeconds * 1000,
    requestTimeout: limits.requestSeconds * 1000,
    keepAliveTimeout: limits.idleSeconds * 1000,
    connectionsCheckingInterval: 1000,
    // Refused with a reason by what serves it.
    requireHostHeader: false,
  };
  return tls === undefined
    ? createServer(http1)
    : createSecureServer({
        cert: tls.cert,
        key: tls.key,
        ...clientCertificates(tls),
        ...(tls.clientAuthority !== undefined && { ca: tls.clientAuthority }),
        ciphers: CIPHERS,
        allowHTTP1: true,
        handshakeTimeout: limits.requestSeconds * 1000,
        maxHeaderListPairs: MAX_HEADER_PAIRS,
        maxSessionRejectedStreams: MAX_REJECTED_STREAMS,
        maxSessionMemory: MAX_SESSION_MEGABYTES,
        settings: { maxConcurrentStreams: limits.streamsPerConnection },
        http1Options: http1,
      });
}

/** Which paths answer with streams: RPCs and routes. */
function streamPaths(services: readonly ServedService[]): (path: string) => boolean {
  const rpcs = services.flatMap(({ service, methods }) =>
    methods
      .filter(({ kind }) => kind === 'stream')
      .map(({ method }) => `/${service.typeName}/${method.name}`),
  );
  const paths = new Set(rpcs);
  return (path) => paths.has(path) || isStreamPath(path);
}

function listen(
  server: Server | Http2SecureServer,
  { host, port }: HttpServerOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new Error(`HTTP cannot listen on ${host}:${port}: ${cause.message}`, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
