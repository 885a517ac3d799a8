import { BatonError } from '@baton/core';

/** A parsed Redis URL. */
export interface RedisUrl {
  /** `server`: the only host is the server; `sentinel` and `cluster`: the hosts to ask for it. */
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly isTls: boolean;
  readonly hosts: readonly RedisHost[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Name of the master in Sentinel. */
  readonly masterName: string | undefined;
  readonly database: number;
  readonly parameters: ReadonlyMap<RedisUrlParameter, string>;
}

interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Parameters after the `?`: see docs/reference/stores.md. */
const PARAMETERS = [
  'ca',
  'cert',
  'key',
  'replicas',
  'replicasTimeoutMs',
  'sentinelUsername',
  'sentinelPassword',
] as const;
export type RedisUrlParameter = (typeof PARAMETERS)[number];

/** The legal forms, for messages. */
const FORMS =
  'redis://<host>[:port][/database], redis+sentinel://<host>[:port][,…]/<master name>[/database] or redis+cluster://<host>[:port][,…], each with rediss for TLS';

const URL_PATTERN =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<who>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?<path>\/[^@?#]*)?(?:\?(?<query>[^#]*))?$/;

/** Parses a URL; undefined when it has none of the legal forms. */
export function parseRedisUrl(url: string): RedisUrl | undefined {
  const groups = URL_PATTERN.exec(url)?.groups;
  // An @ after the ? belongs to a password that contains a question mark.
  if (groups === undefined || (groups['who'] === undefined && url.includes('@'))) return undefined;
  const { tls, kind = 'server', who = '', hosts = '', path = '/', query = '' } = groups;
  const hostsFound = hosts
    .split(',')
    .map((host) => parseHost(host, kind === 'sentinel' ? 26_379 : 6379));
  const place = PATH_PATTERNS[kind as RedisUrl['kind']].exec(path);
  const [, name = '', secret] = /^([^:]*)(?::(.*))?$/.exec(who) ?? [];
  const [username, password, masterName] = [name, secret ?? '', place?.groups?.['name'] ?? ''].map(
    decode,
  );
  if (place === null || username === undefined || password === undefined) return undefined;
  if (masterName === undefined || hostsFound.includes(undefined)) return undefined;
  if (kind === 'server' && hostsFound.length > 1) return undefined;
  return {
    kind: kind as RedisUrl['kind'],
    isTls: tls === 's',
    hosts: hostsFound as RedisHost[],
    username: username || undefined,
    password: password || undefined,
    masterName: masterName || undefined,
    database: Number(place.groups?.['database'] ?? 0),
    parameters: new Map(new URLSearchParams(query)) as ReadonlyMap<RedisUrlParameter, string>,
  };
}

const PATH_PATTERNS = {
  server: /^\/(?<database>\d{1,5})?$/,
  sentinel: /^\/(?<name>[^/]+)(?:\/(?<database>\d{1,5})?)?$/,
  // A cluster has only one database.
  cluster: /^\/$/,
} as const;

/**
 * Parses a URL and explains what is wrong with it.
 *
 * @throws BatonError `invalid_input`, without the password.
 */
export function readRedisUrl(url: string): RedisUrl {
  const found = parseRedisUrl(url);
  if (found === undefined) throw invalid(`expected ${FORMS}`);
  for (const name of found.parameters.keys()) {
    const isKnown = PARAMETERS.includes(name) && (found.isTls || !FOR_TLS.has(name));
    if (isKnown && (found.kind === 'sentinel' || !name.startsWith('sentinel'))) continue;
    const note = FOR_TLS.has(name) ? ' (ca, cert and key need rediss)' : '';
    throw invalid(
      `found the parameter '${name}', expected some of ${PARAMETERS.join(', ')}${note}`,
    );
  }
  return found;
}

const FOR_TLS: ReadonlySet<string> = new Set(['ca', 'cert', 'key']);

/** The URL's parameters about replicas. The store checks their ranges. */
export function replicasOf({ parameters }: RedisUrl): Replicas | undefined {
  const [acknowledge, timeoutMs] = ['replicas', 'replicasTimeoutMs'].map((name) =>
    parameters.get(name as RedisUrlParameter),
  );
  if (acknowledge === undefined) {
    if (timeoutMs !== undefined)
      throw invalid('found replicasTimeoutMs, expected replicas with it');
    return undefined;
  }
  const given = timeoutMs === undefined ? {} : { timeoutMs: Number(timeoutMs) };
  return { acknowledge: Number(acknowledge), ...given };
}

function invalid(problem: string): BatonError {
  return new BatonError('invalid_input', `the Redis URL: ${problem}`);
}

function parseHost(text: string, defaultPort: number): RedisHost | undefined {
  if (!URL.canParse(`redis://${text}`)) return undefined;
  const { hostname, port } = new URL(`redis://${text}`);
  if (hostname === '') return undefined;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) };
}

/** Undefined for a malformed percent-encoding. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Replicas that must have a commit before it is acknowledged (Redis' WAIT), so that it survives a failover to
 * one of them. While fewer of them answer, the store is unavailable, also for reads of workflows.
 */
export interface Replicas {
  /** Number of replicas, 1 to 100. To be safe, all that may be promoted. */
  readonly acknowledge: number;
  /** Milliseconds to wait for them, less than `commandTimeoutMs`. Default 1,000. */
  readonly timeoutMs?: number | undefined;
}
