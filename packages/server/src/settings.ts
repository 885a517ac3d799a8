import { ARTIFACT_URL_FORMS, parseArtifactUrl } from '@baton/adapters/artifacts';
import { parseStoreUrl, STORE_URL_FORMS } from '@baton/adapters/open-store';
import { BatonError } from '@baton/core';
import { z } from 'zod';
import { LOAD_LIMITS } from './load/load-limits.ts';
import { LOG_LEVELS } from './log.ts';
import { DEFAULT_GRPC_PORT, DEFAULT_HOST, DEFAULT_HTTP_PORT } from './server.ts';

/** A hundred years. */
const MOST_RETENTION_SECONDS = 3_155_760_000;

const port = wholeNumber(0, 65_535).describe('a port, 0 (any free one) to 65535');
const path = z.string().describe('the path of a PEM file');

/** Every variable that the server reads. Unset and empty are the same. */
export const variables = z.object({
  BATON_HOST: z
    .string()
    .describe('a host name or address')
    .default(DEFAULT_HOST)
    .meta({ title: 'The address to listen on' }),
  BATON_GRPC_PORT: port.default(DEFAULT_GRPC_PORT).meta({ title: 'For gRPC' }),
  BATON_HTTP_PORT: port
    .default(DEFAULT_HTTP_PORT)
    .meta({ title: 'For HTTP+JSON, Connect, gRPC-Web and MCP' }),
  BATON_ACCESS: z
    .string()
    .describe("'open', 'api-keys', or the path of a JSON file")
    .optional()
    .meta({ title: 'How callers show who they are; unset: open on loopback, api-keys elsewhere' }),
  BATON_TLS_CERT: path.optional().meta({ title: 'The certificate: both ports speak TLS' }),
  BATON_TLS_KEY: path.optional().meta({ title: "The certificate's key" }),
  CORS_ORIGINS: names(/^(\*|https?:\/\/[^/\s]+)$/)
    .describe("origins as 'https://host[:port]', separated by commas, or '*'")
    .meta({ title: 'Whose pages may call from a browser' }),
  ALLOWED_HOSTS: names(/^[^\s/:]+$/)
    .describe('host names, separated by commas')
    .meta({ title: "Names that it answers to on loopback, such as a proxy's" }),
  BATON_HEARTBEAT_SECONDS: wholeNumber(1, 3600)
    .describe('seconds, 1 to 3600')
    .default(15)
    .meta({ title: 'When a quiet stream sends a heartbeat' }),
  BATON_RETIRE_SECONDS: wholeNumber(0, 3600)
    .describe('seconds, 0 to 3600')
    .default(0)
    .meta({ title: 'How long it serves on when it stops, until balancers have noticed' }),
  BATON_DRAIN_SECONDS: wholeNumber(0, 3600)
    .describe('seconds, 0 to 3600')
    .default(10)
    .meta({ title: 'How long requests under way may take when it stops' }),
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
  BATON_METRICS: z
    .string()
    .default('off')
    .refine(isMetricsPlace)
    .describe("'off', 'on' (GET /metrics on the HTTP port), <port> on loopback, or <host>:<port>")
    .meta({ title: 'Where metrics are served for Prometheus' }),
  BATON_METRICS_PROJECTS: z
    .enum(['on', 'off'])
    .describe('on, off')
    .default('off')
    .meta({ title: 'Whether metrics are told by project as well' }),
  DATABASE_URL: z
    .string()
    .refine(isStoreUrl)
    .describe(STORE_URL_FORMS)
    .optional()
    .meta({ title: 'Where workflows are kept' }),
  REDIS_URL: z
    .string()
    .regex(/^rediss?[:+]/)
    .refine(isStoreUrl)
    .describe('redis://…, redis+sentinel://…, redis+cluster://… or the same with rediss')
    .optional()
    .meta({ title: 'Where workflows are kept without a DATABASE_URL' }),
  ARTIFACTS_URL: z
    .string()
    .refine(isArtifactUrl)
    .describe(ARTIFACT_URL_FORMS)
    .optional()
    .meta({ title: 'What artifacts are read from; without it there are none' }),
  ARTIFACTS_RETENTION: wholeNumber(1, MOST_RETENTION_SECONDS)
    .describe(`seconds, 1 to ${MOST_RETENTION_SECONDS}`)
    .optional()
    .meta({ title: 'How long artifacts of complete workflows are kept' }),
  ARTIFACTS_MAX_BYTES: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .describe('bytes, beyond which complete workflows lose theirs, the oldest first')
    .optional()
    .meta({ title: 'How much artifacts may take up' }),
  WORKFLOW_TIMEOUT: wholeNumber(1, 366 * 86_400)
    .describe('seconds, 1 to 31622400')
    .default(3600)
    .meta({ title: 'When a workflow times out' }),
  WORKFLOW_RETENTION: wholeNumber(1, MOST_RETENTION_SECONDS)
    .describe(`seconds, 1 to ${MOST_RETENTION_SECONDS}`)
    .optional()
    .meta({ title: 'How long complete workflows are kept (Redis)' }),
  WORKFLOW_MAX_RETRIES: wholeNumber(0, 1000)
    .describe('a number, 0 to 1000')
    .default(3)
    .meta({ title: 'Retries of a workflow before it waits in error' }),
  WORKFLOW_DEFINITION: z
    .string()
    .describe('the name of a definition, such as build or build-and-hand-over')
    .optional()
    .meta({
      title:
        'The definition of builds that name none; unset: build, or as its own worker ends them',
    }),
  WORKFLOW_POLICIES: z
    .string()
    .describe('the path of a JSON file or a module')
    .optional()
    .meta({ title: 'Approvals, separations, budgets, definitions' }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .describe(LOG_LEVELS.join(', '))
    .default('info')
    .meta({ title: 'What is logged' }),
});

export function expectedOf(schema: z.ZodType): string {
  const inner = 'unwrap' in schema && (schema.unwrap as () => z.ZodType)();
  return schema.description ?? (inner ? (inner.description ?? '') : '');
}

/** A variable of the environment, for people. */
export interface Setting {
  readonly name: string;
  /** What it is for. */
  readonly means: string;
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
    const means = schema.meta()?.title ?? '';
    return { name, means, expected: expectedOf(schema), byDefault: byDefault || undefined };
  });
}

/** The same in lines. */
export function settingsText(): string {
  const all = settings();
  const width = Math.max(...all.map(({ name }) => name.length));
  return all
    .map(({ name, means, expected, byDefault }) => {
      const otherwise = byDefault === undefined ? '' : ` (default ${byDefault})`;
      return `  ${name.padEnd(width)}  ${means}: ${expected}${otherwise}`;
    })
    .join('\n');
}

/** `<port>` or `<host>:<port>`; a host of IPv6 in brackets. */
export const METRICS_PLACE = /^(?:(\[[0-9a-f:.]+\]|[\w.-]+):)?(\d{1,5})$/i;

function isMetricsPlace(text: string): boolean {
  if (text === 'on' || text === 'off') return true;
  const [, , port] = METRICS_PLACE.exec(text) ?? [];
  return port !== undefined && Number(port) <= 65_535;
}

function isStoreUrl(url: string): boolean {
  return isParsed(() => parseStoreUrl(url));
}

/** What was found and what is expected, as its parser says it; undefined for a URL that is one. */
export function artifactUrlProblem(url: string): string | undefined {
  try {
    parseArtifactUrl(url);
    return undefined;
  } catch (reason) {
    return BatonError.from(reason).message.replace(/^the URL of the artifacts: /, '');
  }
}

function isArtifactUrl(url: string): boolean {
  return artifactUrlProblem(url) === undefined;
}

function isParsed(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
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
  const { byDefault, most, means } = LOAD_LIMITS[name];
  return wholeNumber(1, most)
    .describe(`a whole number, 1 to ${most}`)
    .default(byDefault)
    .meta({ title: means });
}

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}
