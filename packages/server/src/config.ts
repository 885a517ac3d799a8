import { readFileSync } from 'node:fs';
import { describeStoreUrl, parseStoreUrl } from '@baton/adapters/open-store';
import type { z } from 'zod';
import { isLoopback } from './http/origin-guard.ts';
import type { LoadLimits } from './load/load-limits.ts';
import type { LOG_LEVELS } from './log.ts';
import { artifactUrlProblem, expectedOf, METRICS_PLACE, variables } from './settings.ts';
import type { Tls } from './tls.ts';

const DEFAULT_DATABASE_URL = 'sqlite:baton.sqlite';

/** Nobody is asked who they are. */
export const OPEN_ACCESS = 'open';
/** API keys, and nothing else. */
export const KEYS_ACCESS = 'api-keys';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says, checked. */
export interface ServerConfig {
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly tls: Tls | undefined;
  /** How callers show who they are: `open`, `api-keys`, or the path of a file that says it. */
  readonly access: string;
  readonly corsOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly heartbeatSeconds: number;
  readonly retireSeconds: number;
  readonly drainSeconds: number;
  readonly limits: Required<LoadLimits>;
  /** The store: DATABASE_URL, else REDIS_URL, else a file in the current folder. */
  readonly databaseUrl: string;
  /** What artifacts are read from, and how long they are kept; undefined: there are none. */
  readonly artifacts: ArtifactsConfig | undefined;
  /** Where metrics are served; undefined: nowhere, and nothing is counted. */
  readonly metrics: MetricsConfig | undefined;
  readonly timeoutSeconds: number;
  /** Seconds after which complete workflows are removed; undefined: never. */
  readonly retentionSeconds: number | undefined;
  readonly maxRetries: number;
  /** The definition of builds that name none; undefined: the first of all. */
  readonly definition: string | undefined;
  /** The file with approvals, separations, budgets and definitions; undefined: none. */
  readonly policiesPath: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export interface MetricsConfig {
  /** An address of its own; undefined: the HTTP port. */
  readonly at: { readonly host: string; readonly port: number } | undefined;
  readonly projects: boolean;
}

export interface ArtifactsConfig {
  readonly url: string;
  /** Seconds after which complete workflows lose theirs; undefined: never. */
  readonly retentionSeconds: number | undefined;
  /** Bytes beyond which complete workflows lose theirs; undefined: any number may be kept. */
  readonly maxBytes: number | undefined;
}

/** Everything that is wrong with the environment, one line for each variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the environment is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * The store that a server with this environment has: DATABASE_URL, else REDIS_URL, else a file in the current
 * folder. No other variable is looked at.
 *
 * @throws ConfigError.
 */
export function readDatabaseUrl(environment: Environment): string {
  const { DATABASE_URL, REDIS_URL } = environment;
  const { databaseUrl } = readConfig({ DATABASE_URL, REDIS_URL });
  return databaseUrl;
}

/** @throws ConfigError that names each variable, what was found and what was expected. */
export function readConfig(environment: Environment): ServerConfig {
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = variables.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    const names = new Set(parsed.error.issues.map(({ path: [name] }) => String(name)));
    throw new ConfigError([...names].map((name) => problem(name, environment[name])));
  }
  const found = parsed.data;
  const databaseUrl = found.DATABASE_URL ?? found.REDIS_URL ?? DEFAULT_DATABASE_URL;
  checkRetention(found.WORKFLOW_RETENTION, databaseUrl);
  return {
    host: found.BATON_HOST,
    grpcPort: found.BATON_GRPC_PORT,
    httpPort: found.BATON_HTTP_PORT,
    access: found.BATON_ACCESS ?? (isLoopback(found.BATON_HOST) ? OPEN_ACCESS : KEYS_ACCESS),
    tls: readTls(found.BATON_TLS_CERT, found.BATON_TLS_KEY),
    corsOrigins: found.CORS_ORIGINS,
    allowedHosts: found.ALLOWED_HOSTS,
    heartbeatSeconds: found.BATON_HEARTBEAT_SECONDS,
    retireSeconds: found.BATON_RETIRE_SECONDS,
    drainSeconds: found.BATON_DRAIN_SECONDS,
    limits: {
      connections: found.BATON_MAX_CONNECTIONS,
      connectionsPerAddress: found.BATON_MAX_CONNECTIONS_PER_ADDRESS,
      requests: found.BATON_MAX_REQUESTS,
      requestsPerConnection: found.BATON_MAX_REQUESTS_PER_CONNECTION,
      streamsPerConnection: found.BATON_MAX_STREAMS_PER_CONNECTION,
      watches: found.BATON_MAX_WATCHES,
      watchesPerConnection: found.BATON_MAX_WATCHES_PER_CONNECTION,
      heldBytes: found.BATON_MAX_HELD_BYTES,
      idleSeconds: found.BATON_IDLE_SECONDS,
      requestSeconds: found.BATON_REQUEST_SECONDS,
      replySeconds: found.BATON_REPLY_SECONDS,
    },
    databaseUrl,
    artifacts: artifactsOf(found),
    metrics: metricsOf(found),
    timeoutSeconds: found.WORKFLOW_TIMEOUT,
    retentionSeconds: found.WORKFLOW_RETENTION,
    maxRetries: found.WORKFLOW_MAX_RETRIES,
    definition: found.WORKFLOW_DEFINITION,
    policiesPath: found.WORKFLOW_POLICIES,
    logLevel: found.LOG_LEVEL,
  };
}

function metricsOf(found: z.output<typeof variables>): MetricsConfig | undefined {
  const { BATON_METRICS: place, BATON_METRICS_PROJECTS } = found;
  if (place === 'off') return undefined;
  const projects = BATON_METRICS_PROJECTS === 'on';
  if (place === 'on') return { at: undefined, projects };
  const [, host = '127.0.0.1', port] = METRICS_PLACE.exec(place) ?? [];
  return { at: { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }, projects };
}

/** @throws ConfigError for a retention of nothing. */
function artifactsOf(found: z.output<typeof variables>): ArtifactsConfig | undefined {
  const { ARTIFACTS_URL: url, ARTIFACTS_RETENTION, ARTIFACTS_MAX_BYTES } = found;
  if (url !== undefined) {
    return { url, retentionSeconds: ARTIFACTS_RETENTION, maxBytes: ARTIFACTS_MAX_BYTES };
  }
  const alone = Object.entries({ ARTIFACTS_RETENTION, ARTIFACTS_MAX_BYTES }).flatMap(
    ([name, value]) =>
      value === undefined
        ? []
        : [`${name}: found '${value}' without ARTIFACTS_URL, expected both or neither`],
  );
  if (alone.length > 0) throw new ConfigError(alone);
  return undefined;
}

/** @throws ConfigError for a store that keeps everything whatever it is told. */
function checkRetention(seconds: number | undefined, databaseUrl: string): void {
  if (seconds === undefined || parseStoreUrl(databaseUrl).kind === 'redis') return;
  const store = describeStoreUrl(databaseUrl);
  throw new ConfigError([
    `WORKFLOW_RETENTION: found '${seconds}' with the store ${store}, expected a store in Redis, or nothing`,
  ]);
}

function problem(name: string, found: string | undefined): string {
  const why = name === 'ARTIFACTS_URL' ? artifactUrlProblem(found ?? '') : undefined;
  if (why !== undefined) return `${name}: ${why}`;
  const schema = variables.shape[name as keyof typeof variables.shape];
  const shown = name.endsWith('_URL') ? describeStoreUrl(found ?? '') : found;
  return `${name}: found '${shown}', expected ${expectedOf(schema)}`;
}

function readTls(cert: string | undefined, key: string | undefined): Tls | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const [missing, other] =
      cert === undefined
        ? ['BATON_TLS_CERT', 'BATON_TLS_KEY']
        : ['BATON_TLS_KEY', 'BATON_TLS_CERT'];
    throw new ConfigError([`${missing}: found nothing, expected a path, since ${other} is set`]);
  }
  return { cert: readPem('BATON_TLS_CERT', cert), key: readPem('BATON_TLS_KEY', key) };
}

function readPem(name: string, file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (text.includes('-----BEGIN ')) return text;
  } catch (reason) {
    const { message } = reason as Error;
    throw new ConfigError([`${name}: found '${file}', expected a readable file: ${message}`]);
  }
  throw new ConfigError([`${name}: found '${file}', expected a PEM file`]);
}
