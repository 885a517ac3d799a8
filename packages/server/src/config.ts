import { readFileSync } from 'node:fs';
import {
  ARTIFACT_URL_FORMS,
  describeArtifactUrl,
  parseArtifactUrl,
} from '@baton/adapters/artifacts';
import { describeStoreUrl, parseStoreUrl, STORE_URL_FORMS } from '@baton/adapters/open-store';
import { z } from 'zod';
import { LOAD_LIMITS, type LoadLimits } from './load/load-limits.ts';
import { LOG_LEVELS } from './log.ts';
import { DEFAULT_GRPC_PORT, DEFAULT_HOST, DEFAULT_HTTP_PORT } from './server.ts';
import type { Tls } from './tls.ts';

const DEFAULT_DATABASE_URL = 'sqlite:baton.sqlite';

/** A hundred years. */
const MOST_RETENTION_SECONDS = 3_155_760_000;

const port = wholeNumber(0, 65_535).describe('a port, 0 (any free one) to 65535');
const path = z.string().describe('the path of a PEM file');

/** Every variable that the server reads. Unset and empty are the same. */
const variables = z.object({
  BATON_HOST: z.string().describe('a host name or address').default(DEFAULT_HOST),
  BATON_GRPC_PORT: port.default(DEFAULT_GRPC_PORT),
  BATON_HTTP_PORT: port.default(DEFAULT_HTTP_PORT),
  BATON_TLS_CERT: path.optional(),
  BATON_TLS_KEY: path.optional(),
  CORS_ORIGINS: names(/^(\*|https?:\/\/[^/\s]+)$/).describe(
    "origins as 'https://host[:port]', separated by commas, or '*'",
  ),
  ALLOWED_HOSTS: names(/^[^\s/:]+$/).describe('host names, separated by commas'),
  BATON_HEARTBEAT_SECONDS: wholeNumber(1, 3600).describe('seconds, 1 to 3600').default(15),
  BATON_DRAIN_SECONDS: wholeNumber(0, 3600).describe('seconds, 0 to 3600').default(10),
  BATON_MAX_CONNECTIONS: limit('connections'),
  BATON_MAX_CONNECTIONS_PER_ADDRESS: limit('connectionsPerAddress'),
  BATON_MAX_REQUESTS: limit('requests'),
  BATON_MAX_REQUESTS_PER_CONNECTION: limit('requestsPerConnection'),
  BATON_MAX_STREAMS_PER_CONNECTION: limit('streamsPerConnection'),
  BATON_MAX_WATCHES: limit('watches'),
  BATON_MAX_WATCHES_PER_CONNECTION: limit('watchesPerConnection'),
  BATON_MAX_HELD_BYTES: limit('heldBytes'),
  BATON_IDLE_SECONDS: limit('idleSeconds'),
  BATON_REQUEST_SECONDS: limit('requestSeconds'),
  BATON_REPLY_SECONDS: limit('replySeconds'),
  DATABASE_URL: z.string().refine(isStoreUrl).describe(STORE_URL_FORMS).optional(),
  /** Where workflows are kept when there is no DATABASE_URL. */
  REDIS_URL: z
    .string()
    .regex(/^rediss?[:+]/)
    .refine(isStoreUrl)
    .describe('redis://…, redis+sentinel://…, redis+cluster://… or the same with rediss')
    .optional(),
  /** What artifacts are read from; without it there are none. */
  ARTIFACTS_URL: z.string().refine(isArtifactUrl).describe(ARTIFACT_URL_FORMS).optional(),
  /** How long those of complete workflows are kept. */
  ARTIFACTS_RETENTION: wholeNumber(1, MOST_RETENTION_SECONDS)
    .describe(`seconds, 1 to ${MOST_RETENTION_SECONDS}`)
    .optional(),
  ARTIFACTS_MAX_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .describe('bytes, beyond which complete workflows lose theirs, the oldest first')
    .optional(),
  WORKFLOW_TIMEOUT: wholeNumber(1, 366 * 86_400)
    .describe('seconds, 1 to 31622400')
    .default(3600),
  /** How long complete workflows are kept. */
  WORKFLOW_RETENTION: wholeNumber(1, MOST_RETENTION_SECONDS)
    .describe(`seconds, 1 to ${MOST_RETENTION_SECONDS}`)
    .optional(),
  WORKFLOW_MAX_RETRIES: wholeNumber(0, 1000).describe('a number, 0 to 1000').default(3),
  WORKFLOW_POLICIES: z.string().describe('the path of a JSON file or a module').optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).describe(LOG_LEVELS.join(', ')).default('info'),
});

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says, checked. */
export interface ServerConfig {
  readonly host: string;
  readonly grpcPort: number;
  readonly httpPort: number;
  readonly tls: Tls | undefined;
  readonly corsOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly heartbeatSeconds: number;
  readonly drainSeconds: number;
  readonly limits: Required<LoadLimits>;
  /** The store: DATABASE_URL, else REDIS_URL, else a file in the current folder. */
  readonly databaseUrl: string;
  /** What artifacts are read from, and how long they are kept; undefined: there are none. */
  readonly artifacts: ArtifactsConfig | undefined;
  readonly timeoutSeconds: number;
  /** Seconds after which complete workflows are removed; undefined: never. */
  readonly retentionSeconds: number | undefined;
  readonly maxRetries: number;
  /** The file with approvals, separations, budgets and definitions; undefined: none. */
  readonly policiesPath: string | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
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
    tls: readTls(found.BATON_TLS_CERT, found.BATON_TLS_KEY),
    corsOrigins: found.CORS_ORIGINS,
    allowedHosts: found.ALLOWED_HOSTS,
    heartbeatSeconds: found.BATON_HEARTBEAT_SECONDS,
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
    timeoutSeconds: found.WORKFLOW_TIMEOUT,
    retentionSeconds: found.WORKFLOW_RETENTION,
    maxRetries: found.WORKFLOW_MAX_RETRIES,
    policiesPath: found.WORKFLOW_POLICIES,
    logLevel: found.LOG_LEVEL,
  };
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

/** Several, separated by commas; none when unset. */
function names(each: RegExp) {
  return z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((name) => name.trim() || []))
    .refine((found) => found.every((name) => each.test(name)));
}

function limit(name: keyof typeof LOAD_LIMITS) {
  const { byDefault, most } = LOAD_LIMITS[name];
  return wholeNumber(1, most).describe(`a whole number, 1 to ${most}`).default(byDefault);
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

function problem(name: string, found: string | undefined): string {
  const schema = variables.shape[name as keyof typeof variables.shape];
  const describe = name === 'ARTIFACTS_URL' ? describeArtifactUrl : describeStoreUrl;
  const shown = name.endsWith('_URL') ? describe(found ?? '') : found;
  return `${name}: found '${shown}', expected ${expectedOf(schema)}`;
}

function expectedOf(schema: z.ZodType): string {
  const inner = 'unwrap' in schema && (schema.unwrap as () => z.ZodType)();
  return schema.description ?? (inner ? (inner.description ?? '') : '');
}

/** A variable of the environment, for people. */
export interface Setting {
  readonly name: string;
  /** What it may be. */
  readonly expected: string;
  /** Undefined for one that is unset unless it is set. */
  readonly byDefault: string | undefined;
}

/** Every variable that a server reads, in the order in which they are told. */
export function settings(): readonly Setting[] {
  return Object.entries(variables.shape).map(([name, schema]) => {
    const { success, data } = schema.safeParse(undefined);
    const byDefault = success && data !== undefined ? String(data) : '';
    return { name, expected: expectedOf(schema), byDefault: byDefault || undefined };
  });
}

/** The same in lines. */
export function settingsText(): string {
  const all = settings();
  const width = Math.max(...all.map(({ name }) => name.length));
  return all
    .map(({ name, expected, byDefault }) => {
      const otherwise = byDefault === undefined ? '' : ` (default ${byDefault})`;
      return `  ${name.padEnd(width)}  ${expected}${otherwise}`;
    })
    .join('\n');
}

function isStoreUrl(url: string): boolean {
  return isParsed(() => parseStoreUrl(url));
}

function isArtifactUrl(url: string): boolean {
  return isParsed(() => parseArtifactUrl(url));
}

function isParsed(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
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
