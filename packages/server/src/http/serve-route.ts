import { BatonError } from '@baton/core';
import type { ReadArtifactRequest, WatchWorkflowRequest } from '@baton/proto';
import { toJson } from '@bufbuild/protobuf';
import type { Admit } from '../access/guard.ts';
import type { Handlers } from '../handlers.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../log.ts';
import type { OpenStreams } from '../open-streams.ts';
import { logOf, type RequestFacts } from '../request/request-facts.ts';
import { REQUEST_ID_HEADER } from '../request/request-id.ts';
import type { ServedMethod, ServedService, UnaryHandler } from '../services.ts';
import { type HttpRequest, type HttpResponse, send, sendProblem } from './answer.ts';
import type { ConsoleRoute } from './console-route.ts';
import { serveContent } from './content.ts';
import { credentialsOf } from './credentials.ts';
import { serveEvents } from './events.ts';
import { type GuardedMetrics, METRICS_PATH, serveMetricsRoute } from './metrics-route.ts';
import { PROBES, type ProbeOptions, serveProbe } from './probes.ts';
import { matchRoute } from './routes.ts';
import { servePage } from './server-pages.ts';
import { toMessage } from './to-message.ts';

export interface RouteOptions extends ProbeOptions {
  readonly services: readonly ServedService[];
  readonly admit: Admit;
  readonly handlers: Handlers;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly connectionOf: Load['of'];
  /** False once the server stops, or says that it is going to. */
  readonly isServing: () => boolean;
  readonly serveConsole: ConsoleRoute;
  /** Served as `GET /metrics`; undefined: not here. */
  readonly metrics: GuardedMetrics | undefined;
}

/** Answers what is not an RPC: the HTTP+JSON routes, the pages of the server itself and the probes. */
export function createRouteHandler(
  options: RouteOptions,
): (request: HttpRequest, response: HttpResponse) => void {
  return (request, response) => {
    serve(request, response, options).catch((reason) => {
      if (response.headersSent) {
        response.end();
        return;
      }
      sendProblem(request, response, reason, logOf(factsOf(request), options.log));
    });
  };
}

/** A `?` may come again in the query, where it is a character like others. */
function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const end = url.indexOf('?');
  return end === -1
    ? { path: url, query: '' }
    : { path: url.slice(0, end), query: url.slice(end + 1) };
}

async function serve(
  request: HttpRequest,
  response: HttpResponse,
  options: RouteOptions,
): Promise<void> {
  const { path, query } = splitUrl(request.url ?? '/');
  const method = request.method ?? 'GET';
  if (Object.hasOwn(PROBES, path)) return serveProbe(path, request, response, options);
  if (servePage(request, response, path, options.isServing())) return;
  if (options.serveConsole(request, response, path)) return;
  if (path === METRICS_PATH && options.metrics !== undefined) {
    return serveMetricsRoute(request, response, options.metrics);
  }
  const match = matchRoute(method, path);
  const controller = new AbortController();
  const { signal } = controller;
  const credentials = credentialsOf(request);
  response.once('close', () => {
    controller.abort(new BatonError('cancelled', 'the caller has closed the connection'));
  });
  await options.admit({ credentials });
  const message = await toMessage(match, request, new URLSearchParams(query));
  const { log, handlers } = options;
  const { rpc, answer } = match.route;
  switch (answer) {
    case 'json': {
      const handle = handlerOf(rpc, options.services);
      const connection = options.connectionOf(request.socket);
      const context = { signal, connection, credentials, request: factsOf(request) };
      const reply = await handle(message, context);
      send(request, response, 200, toJson(rpc.output, reply, { alwaysEmitImplicit: true }));
      return;
    }
    case 'events': {
      const leave = options.streams.enter(controller);
      try {
        const watch = message as WatchWorkflowRequest;
        const context = { signal, credentials };
        await serveEvents(request, response, watch, context, { log, ...handlers });
      } finally {
        leave();
      }
      return;
    }
    case 'content': {
      const read = message as ReadArtifactRequest;
      await serveContent(request, response, read, { signal, credentials }, { log, ...handlers });
    }
  }
}

/** What names a request: the HTTP server has seen to its id. */
function factsOf({ headers }: HttpRequest): RequestFacts {
  const { traceparent } = headers;
  return {
    id: String(headers[REQUEST_ID_HEADER]),
    traceparent: typeof traceparent === 'string' ? traceparent : undefined,
  };
}

function handlerOf(rpc: ServedMethod['method'], services: readonly ServedService[]): UnaryHandler {
  const methods = services.flatMap((served) => served.methods);
  const found = methods.find(({ method }) => method === rpc);
  if (found?.kind !== 'unary')
    throw new Error(`${rpc} has a route but no handler that answers once`);
  return found.handle;
}
