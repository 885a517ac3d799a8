import { createOrchestrator } from '@baton/core';
import { type Environment, readConfig, type ServerConfig } from './config.ts';
import { createLog } from './log.ts';
import { masked } from './masked.ts';
import { openStore } from './open-store.ts';
import { type BatonServer, createServer } from './server.ts';

/** A server as the environment says. Its `stop` closes the store as well. */
export interface RunningServer extends BatonServer {
  /** What it runs on, for people. */
  readonly summary: string;
}

/**
 * Starts a server with its own store and orchestrator.
 *
 * @throws ConfigError for an environment that is not valid; Error for a port or a file that cannot
 * be opened. Nothing is left open then.
 */
export async function serve(environment: Environment): Promise<RunningServer> {
  const config = readConfig(environment);
  const store = openStore(config.database);
  const orchestrator = createOrchestrator({
    store,
    timeoutSeconds: config.timeoutSeconds,
    maxRetries: config.maxRetries,
  });
  const { host, grpcPort, httpPort, tls, drainSeconds, logLevel } = config;
  const { corsOrigins, allowedHosts } = config;
  const server = await createServer({
    orchestrator,
    host,
    grpcPort,
    httpPort,
    drainSeconds,
    corsOrigins,
    allowedHosts,
    log: createLog({ level: logLevel }),
    ...(tls !== undefined && { tls }),
  }).catch(async (reason) => {
    await store.close();
    throw reason;
  });
  let stopped: Promise<void> | undefined;
  return {
    ...server,
    summary: summary(config, server),
    stop() {
      stopped ??= server.stop().then(() => store.close());
      return stopped;
    },
  };
}

function summary(config: ServerConfig, server: BatonServer): string {
  const scheme = config.tls === undefined ? 'http' : 'https';
  const isOpen = !['127.0.0.1', '::1', 'localhost'].includes(config.host);
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const lines = [
    'Baton serves',
    `  gRPC      ${host}:${server.grpcPort}  (health, reflection)`,
    `  HTTP      ${scheme}://${host}:${server.httpPort}  (HTTP+JSON, Connect, gRPC-Web)`,
    `  TLS       ${config.tls === undefined ? 'off' : 'on, both ports'}`,
    ...(config.corsOrigins.length > 0 ? [`  CORS      ${config.corsOrigins.join(', ')}`] : []),
    `  store     ${masked(config.databaseUrl)}${config.database.kind === 'memory' ? '  (nothing is kept)' : ''}`,
    `  builds    time out after ${config.timeoutSeconds} s, ${config.maxRetries} retries`,
    `  log       ${config.logLevel}`,
    `  runs on   Node ${process.versions.node}, process ${process.pid}`,
  ];
  if (isOpen) {
    lines.push(
      '  CAUTION   nobody has to show who they are: whoever reaches a port may do everything',
    );
  }
  return lines.join('\n');
}
