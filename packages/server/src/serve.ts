import { openStore } from '@baton/adapters/open-store';
import {
  type ArtifactStore,
  createOrchestrator,
  type Orchestrator,
  type Telemetry,
  type WorkflowDefinition,
} from '@baton/core';
import { openTelemetry } from '@baton/telemetry/tracing';
import { defaultsWithin } from './access/ceilings.ts';
import { openServedAccess } from './access/served-access.ts';
import { type Environment, OPEN_ACCESS, readConfig, type ServerConfig } from './config.ts';
import { createDeliveries } from './delivery/deliveries.ts';
import { deliveryTargets } from './delivery-targets.ts';
import { isLoopback } from './http/origin-guard.ts';
import { createLog } from './log.ts';
import { loadPolicies } from './policies/load-policies.ts';
import { describePolicies, type Policies } from './policies/policies.ts';
import { openServedArtifacts, servedAsGiven } from './serve-artifacts.ts';
import { openServedMetrics, type ServedMetrics } from './serve-metrics.ts';
import { servedDefinitions } from './served-definitions.ts';
import { type BatonServer, createServer } from './server.ts';

/** A server as the environment says. Its `stop` closes the store as well. */
export interface RunningServer extends BatonServer {
  /** What it runs on, for people. */
  readonly summary: string;
  /** Where its HTTP port is reached from this machine. */
  readonly url: string;
  /** Where its metrics are served on an address of their own. */
  readonly metricsUrl: string | undefined;
  /** Where its spans go, for what runs in the same process; undefined: nothing is traced. */
  readonly telemetry: Telemetry | undefined;
  /** Its operations, for what runs in the same process. They end with it. */
  readonly orchestrator: Orchestrator;
}

/** What counts where the environment of {@link serve} says nothing. */
export interface ServeDefaults {
  /** The definition of builds that name none (`WORKFLOW_DEFINITION`). Default: `build`. */
  readonly definition?: string | undefined;
  /** What artifacts are read from (`ARTIFACTS_URL`); closed with the server. Default: there are none. */
  readonly artifacts?: { readonly store: ArtifactStore; readonly description: string } | undefined;
}

/**
 * Starts a server with its own store and orchestrator.
 *
 * It traces what it does where the variables of OpenTelemetry in the environment of the process ask for it.
 *
 * @throws ConfigError for an environment that is not valid; BatonError for a store that cannot
 * be opened; Error for a port that cannot. Nothing is left open then.
 * @example
 * import { serve } from '@baton/server';
 * const server = await serve({ DATABASE_URL: 'sqlite:baton.db' });
 * console.log(server.summary);
 */
export async function serve(
  environment: Environment,
  defaults: ServeDefaults = {},
): Promise<RunningServer> {
  const tracing = await openTelemetry(environment, 'baton-server');
  if (tracing === undefined) return start(environment, defaults, undefined);
  try {
    const server = await start(environment, defaults, tracing.telemetry);
    let stopped: Promise<void> | undefined;
    return {
      ...server,
      stop() {
        stopped ??= server.stop().finally(tracing.close);
        return stopped;
      },
    };
  } catch (reason) {
    await tracing.close();
    throw reason;
  }
}

async function start(
  environment: Environment,
  byDefault: ServeDefaults,
  telemetry: Telemetry | undefined,
): Promise<RunningServer> {
  const config = readConfig(environment);
  const log = createLog({ level: config.logLevel });
  const { policiesPath } = config;
  const policies = policiesPath === undefined ? undefined : await loadPolicies(policiesPath);
  const definitions = servedDefinitions(
    policies?.definitions,
    config.definition ?? byDefault.definition,
  );
  const targets = policies === undefined ? [] : deliveryTargets(policies, environment);
  const opened = await openStore(config.databaseUrl, {
    warn: log.warn,
    retention:
      config.retentionSeconds === undefined
        ? undefined
        : { keepMs: config.retentionSeconds * 1000 },
    onHintError: (error) => log.warn('hints were lost', { error: String(error) }),
  });
  const { documents, dispatcher } = opened;
  const access = await openServedAccess(config, documents).catch(async (reason) => {
    await opened.close();
    throw reason;
  });
  const served =
    config.metrics &&
    (await openServedMetrics(config.metrics, opened.store, definitions).catch(async (reason) => {
      await opened.close();
      throw reason;
    }));
  const metrics = served?.metrics;
  const store = metrics?.measure(opened.store) ?? opened.store;
  const deliveries =
    targets.length === 0 ? undefined : createDeliveries({ store, documents, targets, log });
  const listeners = [metrics, deliveries].flatMap((one) => one?.listener ?? []);
  const defaults = {
    budgets: policies?.budgets,
    maxRetries: config.maxRetries,
    timeoutMs: config.timeoutSeconds * 1000,
  };
  const orchestrator = createOrchestrator({
    store,
    dispatcher,
    telemetry,
    ...defaultsWithin(defaults, access.ceilings),
    definitions,
    concurrency: policies?.concurrency,
    listeners,
  });
  const { host, grpcPort, httpPort, corsOrigins, allowedHosts } = config;
  const artifacts =
    config.artifacts === undefined
      ? byDefault.artifacts && servedAsGiven(byDefault.artifacts)
      : await openServedArtifacts(config.artifacts, orchestrator, log).catch(async (reason) => {
          await served?.close();
          await opened.close();
          throw reason;
        });
  const close = async () => {
    await deliveries?.stop();
    await artifacts?.close();
    await served?.close();
    await opened.close();
  };
  // Before the first request: receivers are told of all that comes of it.
  await deliveries?.start().catch(async (reason) => {
    await close();
    throw reason;
  });
  const server = await createServer({
    orchestrator,
    artifacts: artifacts?.store,
    host,
    grpcPort,
    httpPort,
    heartbeatSeconds: config.heartbeatSeconds,
    retireSeconds: config.retireSeconds,
    drainSeconds: config.drainSeconds,
    limits: config.limits,
    metrics,
    telemetry,
    metricsRoute: served?.onHttpPort,
    corsOrigins,
    allowedHosts,
    log,
    tls: access.tls,
    access: access.access,
    ceilings: access.ceilings,
  }).catch(async (reason) => {
    await close();
    throw reason;
  });
  let stopped: Promise<void> | undefined;
  return {
    ...server,
    orchestrator,
    metricsUrl: served?.url,
    telemetry,
    url: urlOf(config, server),
    summary: summary(
      config,
      server,
      {
        store: opened.description,
        artifacts: artifacts?.description,
        access: access.description,
        served,
        definitions,
      },
      policies,
    ),
    stop() {
      stopped ??= server.stop().then(close);
      return stopped;
    },
  };
}

/** An address to listen on for any is none to call. */
const CALLED: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function urlOf({ host, tls }: ServerConfig, { httpPort }: BatonServer): string {
  const called = CALLED[host] ?? host;
  const scheme = tls === undefined ? 'http' : 'https';
  return `${scheme}://${called.includes(':') ? `[${called}]` : called}:${httpPort}`;
}

interface Described {
  readonly served: ServedMetrics | undefined;
  readonly store: string;
  readonly artifacts: string | undefined;
  readonly access: string;
  readonly definitions: readonly WorkflowDefinition[];
}

function summary(
  config: ServerConfig,
  server: BatonServer,
  { store, artifacts, access, served, definitions }: Described,
  policies: Policies | undefined,
): string {
  const scheme = config.tls === undefined ? 'http' : 'https';
  const isReached = !isLoopback(config.host);
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  const lines = [
    'Baton serves',
    `  gRPC      ${host}:${server.grpcPort}  (health, reflection)`,
    `  HTTP      ${scheme}://${host}:${server.httpPort}  (HTTP+JSON, Connect, gRPC-Web)`,
    `  console   ${scheme}://${host}:${server.httpPort}/console/`,
    `  access    ${access}`,
    `  TLS       ${config.tls === undefined ? 'off' : 'on, both ports'}`,
    ...(config.corsOrigins.length > 0 ? [`  CORS      ${config.corsOrigins.join(', ')}`] : []),
    `  store     ${store}${store === 'memory:' ? '  (nothing is kept)' : ''}`,
    `  artifacts ${artifacts ?? 'none are kept: the console shows no diffs and no outputs; set ARTIFACTS_URL'}`,
    ...(served === undefined ? [] : [`  metrics   ${served.url ?? '/metrics on the HTTP port'}`]),
    `  builds    by ${definitions[0]?.name} unless they name a definition; time out after ${config.timeoutSeconds} s, ${config.maxRetries} retries`,
    ...(policies === undefined ? [] : [`  policies  ${describePolicies(policies)}`]),
    ...(config.retentionSeconds === undefined
      ? []
      : [`  removes   complete workflows after ${config.retentionSeconds} s`]),
    `  log       ${config.logLevel}`,
    `  runs on   Node ${process.versions.node}, process ${process.pid}`,
  ];
  if (isReached && config.access === OPEN_ACCESS) {
    lines.push('  CAUTION   any caller that reaches a port may do everything');
  }
  if (isReached && config.access !== OPEN_ACCESS && config.tls === undefined) {
    lines.push('  CAUTION   keys and tokens come in clear: have a proxy in front that speaks TLS');
  }
  return lines.join('\n');
}
