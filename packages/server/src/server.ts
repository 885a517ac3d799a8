import {
  type ArtifactStore,
  BatonError,
  type Orchestrator,
  startExpirySweep,
  type Telemetry,
} from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import type { Metrics } from '@baton/telemetry/metrics';
import { type Access, OPEN } from './access/access.ts';
import type { CeilingSettings } from './access/ceilings.ts';
import { artifactReadingOf, createGuard } from './access/guard.ts';
import { startGrpcServer } from './grpc/grpc-server.ts';
import { createHandlers } from './handlers.ts';
import { startHttpServer } from './http/http-server.ts';
import { createMcpRoute } from './http/mcp-route.ts';
import { isLoopback } from './http/origin-guard.ts';
import { createContentBudget } from './load/content-budget.ts';
import { type LoadLimits, resolveLimits } from './load/load-limits.ts';
import { createMemoryBudget } from './load/memory-budget.ts';
import { scheduled } from './load/scheduled-services.ts';
import { createScheduler } from './load/scheduler.ts';
import { createLog, type Log } from './log.ts';
import { logged } from './logged-services.ts';
import { measured } from './measured-services.ts';
import { createOpenStreams } from './open-streams.ts';
import { createReadiness } from './readiness.ts';
import { createRetirement } from './retirement.ts';
import { servicesOf } from './services.ts';
import type { Tls } from './tls.ts';
import { inSpans } from './traced-services.ts';

export const DEFAULT_GRPC_PORT = 7480;
export const DEFAULT_HTTP_PORT = 7481;
export const DEFAULT_HOST = '127.0.0.1';

/** Options of {@link createServer}. */
export interface ServerOptions {
  /** Who does the work. Stays open when the server stops. */
  readonly orchestrator: Orchestrator;
  /** What artifacts are read from. Stays open when the server stops. Default: there are none. */
  readonly artifacts?: Pick<ArtifactStore, 'list' | 'read'> | undefined;
  /**
   * The address to listen on. Default 127.0.0.1.
   */
  readonly host?: string | undefined;
  /**
   * How callers show who they are, or `open`: then nobody is asked, and any caller that reaches the server may do
   * everything. Default: `open` on loopback; elsewhere one of both has to be given.
   */
  readonly access?: Access | 'open' | undefined;
  /** What no caller can go beyond, whatever it asks for. Default: no bounds. */
  readonly ceilings?: CeilingSettings | undefined;
  /** For gRPC; 0 for any free port. Default 7480. */
  readonly grpcPort?: number | undefined;
  /** For Connect, gRPC-Web and HTTP+JSON; 0 for any free port. Default 7481. */
  readonly httpPort?: number | undefined;
  /** Both ports speak TLS, and the HTTP port HTTP/2 as well. Default: neither. */
  readonly tls?: Tls | undefined;
  /**
   * Seconds for which a server that stops serves on while its health checks say that it stops, 0 to 2,147,483: longer
   * than a balancer takes to notice. Default 0.
   */
  readonly retireSeconds?: number | undefined;
  /** Seconds that requests under way get to end when the server stops, 0 to 2,147,483. Default 10. */
  readonly drainSeconds?: number | undefined;
  /**
   * Seconds without an event after which a stream sends a heartbeat, on every protocol; 0.001 to 2,147,483.
   * Less than proxies wait before they close a quiet connection. Default 15.
   */
  readonly heartbeatSeconds?: number | undefined;
  /**
   * Origins whose pages may call from a browser, such as `https://app.example`; `*` for any.
   * Default: none.
   */
  readonly corsOrigins?: readonly string[] | undefined;
  /**
   * Names that the HTTP port answers to, beside those that mean loopback, while it listens there: a
   * proxy's, for example. Elsewhere it answers to any. Default: none.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** What connections and callers may make the server hold, and for how long; see docs/reference/limits.md. */
  readonly limits?: LoadLimits | undefined;
  /** Counts requests, streams and connections. Stays open when the server stops. Default: nothing is counted. */
  readonly metrics?: Metrics | undefined;
  /** Whether `GET /metrics` on the HTTP port serves `metrics`. Default: yes, where there are some. */
  readonly metricsRoute?: boolean | undefined;
  /** Gets a span of every call. Default: nothing is traced. */
  readonly telemetry?: Telemetry | undefined;
  /** Default: warnings and errors on standard error, one line of JSON each. */
  readonly log?: Log | undefined;
}

/** A server that runs. */
export interface BatonServer {
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  /**
   * Says by its health checks that it stops, so that no new callers are sent to it, and serves on until `stop`: for a
   * process in which something else has to end first.
   */
  retire(): void;
  /**
   * Retires for `retireSeconds`, then takes no more requests, ends watches with UNAVAILABLE so that they go on
   * elsewhere, waits for the rest up to the drain time, then cuts off what is left. Once is enough; more does no harm.
   */
  stop(): Promise<void>;
}

/**
 * Serves an orchestrator over gRPC and over Connect, gRPC-Web and HTTP+JSON, from within any Node
 * process.
 *
 * @throws BatonError `invalid_input` for a number that is out of range; Error when a port cannot be
 * listened on. Then nothing is left open.
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createServer } from '@baton/server';
 * const orchestrator = createOrchestrator({ store: await createMemoryStore() });
 * const server = await createServer({ orchestrator, grpcPort: 0, httpPort: 0 });
 * await server.stop();
 */
export async function createServer(options: ServerOptions): Promise<BatonServer> {
  const host = options.host ?? DEFAULT_HOST;
  const { retireSeconds = 0, drainSeconds = 10, heartbeatSeconds = 15 } = options;
  checkSeconds('retireSeconds', retireSeconds, 0);
  checkSeconds('drainSeconds', drainSeconds, 0);
  checkSeconds('heartbeatSeconds', heartbeatSeconds, 0.001);
  const log = options.log ?? createLog({ level: 'warn' });
  const heartbeatMs = heartbeatSeconds * 1000;
  const limits = resolveLimits(options.limits ?? {});
  const stopping = new AbortController();
  const guard = createGuard({
    orchestrator: options.orchestrator,
    artifacts: options.artifacts,
    access: accessOf(options.access, host),
    ceilings: options.ceilings ?? {},
  });
  const handlers = createHandlers({
    guard,
    heartbeatMs,
    stopping: stopping.signal,
    artifacts: {
      readingOf: async (context) => artifactReadingOf(await guard.admit(context)),
      budget: createContentBudget(limits.heldBytes / 2),
      replySeconds: limits.replySeconds,
    },
  });
  const budget = createMemoryBudget(limits.heldBytes / 2);
  const scheduler = createScheduler(budget);
  const { metrics } = options;
  const services = measured(
    inSpans(scheduled(logged(servicesOf(handlers), log), scheduler, budget), options.telemetry),
    metrics,
  );
  const streams = createOpenStreams();
  const readiness = createReadiness({
    probe: () => options.orchestrator.listClaimable({ roles: [PROBED_ROLE], limit: 1 }),
  });
  const mcp = createMcpRoute({
    ...{ guard, log },
  });
  const common = {
    services,
    admit: guard.admit,
    streams,
    log,
    host,
    tls: options.tls,
    heartbeatMs,
    limits,
    scheduler,
    readiness,
  };
  const grpc = await startGrpcServer({
    ...common,
    port: options.grpcPort ?? DEFAULT_GRPC_PORT,
  }).catch((reason) => {
    readiness.stop();
    throw reason;
  });
  const http = await startHttpServer({
    ...common,
    handlers,
    mcp,
    metrics:
      metrics === undefined || options.metricsRoute === false
        ? undefined
        : { guard, contentType: metrics.contentType, scrape: () => metrics.scrape() },
    port: options.httpPort ?? DEFAULT_HTTP_PORT,
    corsOrigins: options.corsOrigins ?? [],
    allowedHosts: options.allowedHosts ?? [],
  }).catch((reason) => {
    readiness.stop();
    grpc.destroy();
    throw reason;
  });
  metrics?.onScrape(() => {
    metrics.set('openStreams', {}, streams.size());
    metrics.set('openConnections', { port: 'grpc' }, grpc.connections());
    metrics.set('openConnections', { port: 'http' }, http.connections());
  });
  const sweep = startExpirySweep({
    orchestrator: options.orchestrator,
    onError: ({ code, message }) =>
      log.warn('workflows whose time is over could not all be moved', { code, message }),
  });
  let stopped: Promise<void> | undefined;
  const retirement = createRetirement(retireSeconds, () => {
    readiness.retire();
    http.retire();
  });
  const stop = async () => {
    // Without one, no request may come in between.
    if (retireSeconds > 0) await retirement.over();
    readiness.retire();
    const swept = sweep.stop();
    const drained = Promise.all([grpc.drain(), http.drain()]);
    streams.endAll();
    stopping.abort();
    mcp.endWaits();
    const inTime = await withinSeconds(drained, drainSeconds);
    if (!inTime) log.warn('requests were cut off: the drain time is over');
    await swept;
    grpc.destroy();
    http.destroy();
  };
  return {
    host,
    grpcPort: grpc.port,
    httpPort: http.port,
    retire: retirement.begin,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** @throws BatonError `invalid_input` for a server that others reach and nobody has said how they are known. */
function accessOf(access: Access | 'open' | undefined, host: string): Access {
  if (access === 'open' || (access === undefined && isLoopback(host))) return OPEN;
  if (access !== undefined) return access;
  const description = `others can reach ${host}: expected how callers show who they are, or 'open'; found neither`;
  throw new BatonError('invalid_input', `access: ${description}`, {
    violations: [{ field: 'access', description }],
  });
}

/** No role of any definition: to look for its work makes the store read next to nothing, in all of its parts. */
const PROBED_ROLE = 'baton-readiness';

/** A timer takes no more, and fires at once when it is asked for more. */
const MOST_SECONDS = Math.floor(MAX_TIMER_MS / 1000);

function checkSeconds(field: string, found: number, least: number): void {
  if (found >= least && found <= MOST_SECONDS) return;
  const description = `expected ${least} to ${MOST_SECONDS} seconds, found ${found}`;
  throw new BatonError('invalid_input', `${field}: ${description}`, {
    violations: [{ field, description }],
  });
}

async function withinSeconds(promise: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
