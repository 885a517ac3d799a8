import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Admit } from '../access/guard.ts';
import { MAX_DISCARDED_BYTES, MAX_SESSION_MEGABYTES } from '../limits.ts';
import { boundStreams } from '../load/bounded-streams.ts';
import { createInflating } from '../load/inflating.ts';
import { type Load, limitLoad } from '../load/load.ts';
import type { ResolvedLimits } from '../load/load-limits.ts';
import type { Scheduler } from '../load/scheduler.ts';
import type { Log } from '../log.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { ReadinessCheck } from '../readiness.ts';
import type { ServedService } from '../services.ts';
import type { Tls } from '../tls.ts';
import { toMethodDefinition } from './codec.ts';
import { http2ServersOf, legalizeHeaders, setBounds } from './private-http2.ts';
import { createRefusals } from './refusals.ts';
import { serveStream } from './server-stream.ts';
import { addHealth, addReflection, createEndingRegistry } from './service-registry.ts';
import { TlsCredentials } from './tls-credentials.ts';
import { type ConnectionOf, serveUnary } from './unary.ts';

export interface GrpcServerOptions {
  readonly services: readonly ServedService[];
  readonly admit: Admit;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: Tls | undefined;
  readonly heartbeatMs: number;
  readonly limits: ResolvedLimits;
  readonly scheduler: Scheduler;
  readonly readiness: ReadinessCheck;
}

export interface GrpcServer {
  readonly port: number;
  /** How many connections are open. */
  connections(): number;
  /** No new calls; resolves when those under way have been answered. */
  drain(): Promise<void>;
  /** Cuts off whatever is left. */
  destroy(): void;
}

/** Baton's services, health and reflection on @grpc/grpc-js. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const { services } = options;
  const server = new Server({
    // What grpc-js refuses by itself carries no details.
    'grpc.max_receive_message_length': MAX_DISCARDED_BYTES,
    'grpc.max_concurrent_streams': options.limits.streamsPerConnection,
    'grpc-node.max_session_memory': MAX_SESSION_MEGABYTES,
    // A watcher whose machine is gone would otherwise be served for hours.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
  });
  let load: Load | undefined;
  const connectionOf = (peer: string) => load?.ofPeer(peer);
  for (const service of services) addService(server, service, { ...options, connectionOf });
  const registry = createEndingRegistry(server);
  const names = services.map(({ service }) => service.typeName);
  addHealth(registry, names, options.readiness);
  addReflection(registry, services);
  setBounds(server);
  const port = await bind(server, options);
  const { limits, log, scheduler, tls } = options;
  const isStream = streamPaths(services);
  const refusalOf = createRefusals(log);
  // One: an address is one server, for a name grpc-js takes the first that it can listen on.
  for (const http2Server of http2ServersOf(server)) {
    load = limitLoad(http2Server, {
      limits,
      log,
      scheduler,
      port: 'gRPC',
      isTls: tls !== undefined,
    });
    const inflating = createInflating(limits.heldBytes / 2);
    boundStreams(http2Server, { load, isStream, haveOpenRequests: true, refusalOf, inflating });
  }
  legalizeHeaders(server);
  return {
    port,
    connections: () => load?.connections() ?? 0,
    async drain() {
      const drained = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      registry.endStreams();
      await drained;
    },
    destroy() {
      load?.stop();
      server.forceShutdown();
    },
  };
}

function addService(
  server: Server,
  { service, methods }: ServedService,
  options: GrpcServerOptions & { readonly connectionOf: ConnectionOf },
): void {
  const { log } = options;
  const definition = methods.map((served) => [served.method.name, toMethodDefinition(served)]);
  const implementation: UntypedServiceImplementation = {};
  for (const served of methods) {
    implementation[served.method.name] =
      served.kind === 'unary' ? serveUnary(served.handle, options) : serveStream(served, options);
  }
  server.addService(Object.fromEntries(definition), implementation);
  log.debug('serving over gRPC', { service: service.typeName });
}

/** Which methods answer with streams, ours and the standard ones. */
function streamPaths(services: readonly ServedService[]): (path: string) => boolean {
  const ours = services.flatMap(({ service, methods }) =>
    methods
      .filter(({ kind }) => kind === 'stream')
      .map(({ method }) => `/${service.typeName}/${method.name}`),
  );
  const paths = new Set([...ours, '/grpc.health.v1.Health/Watch']);
  return (path) => paths.has(path) || path.startsWith('/grpc.reflection.');
}

function bind(server: Server, { host, port, tls }: GrpcServerOptions): Promise<number> {
  const credentials =
    tls === undefined ? ServerCredentials.createInsecure() : new TlsCredentials(tls);
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (cause, bound) => {
      if (cause === null) resolve(bound);
      else reject(new Error(`gRPC cannot listen on ${address}: ${cause.message}`, { cause }));
    });
  });
}
