import { readFileSync } from 'node:fs';
import { BatonError } from '@baton/core';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { type RedisUrl, type RedisUrlParameter, readRedisUrl } from './redis-url.ts';

/** ioredis' options for TLS; undefined without it. */
type TlsOptions = NonNullable<RedisOptions['tls']>;

const SEEK_MASTER_MS = 3000;

/**
 * Opens a connection to the server of a URL (see `redis-url.ts` for its forms). A Sentinel or Cluster client
 * connects later, because ioredis would retry for ever while no server answers.
 *
 * @param commandTimeout milliseconds.
 * @throws BatonError `invalid_input` for another URL, a certificate that cannot be read, or when ioredis is
 * not installed.
 */
export async function connect(url: string, commandTimeout: number): Promise<Redis | Cluster> {
  const where = readRedisUrl(url);
  const tls = where.isTls ? readTls(where) : undefined;
  const driver = await loadDriver();
  const shared = {
    commandTimeout,
    // A silently lost connection never answers, so it is replaced.
    socketTimeout: commandTimeout,
    ...(where.username !== undefined && { username: where.username }),
    ...(where.password !== undefined && { password: where.password }),
    ...(tls !== undefined && { tls }),
  };
  const client =
    where.kind === 'cluster'
      ? new driver.Cluster([...where.hosts], {
          redisOptions: shared,
          // The offline queue has no time-out: commands must fail at once while no node answers.
          enableOfflineQueue: false,
          lazyConnect: true,
        })
      : new driver.Redis({
          ...shared,
          ...addressOf(where, tls, commandTimeout),
          db: where.database,
          maxRetriesPerRequest: 3,
          reconnectOnError: seekMaster(),
        });
  // Failing commands report errors themselves; without a listener, ioredis prints every attempt.
  client.on('error', () => {});
  return client;
}

/**
 * Retries on a new connection for a limited time after a master was demoted: its address may lead to the new
 * master, or stay a replica for good.
 */
function seekMaster(): (error: Error) => 1 | 2 | false {
  let since = 0;
  let last = 0;
  return ({ message }) => {
    if (!message.startsWith('READONLY')) return false;
    const now = performance.now();
    if (now - last > SEEK_MASTER_MS) since = now;
    last = now;
    return now - since < SEEK_MASTER_MS ? 2 : 1;
  };
}

function addressOf(
  { kind, hosts, masterName, parameters }: RedisUrl,
  tls: TlsOptions | undefined,
  timeoutMs: number,
) {
  const [first] = hosts;
  if (kind === 'server') return { host: first?.host ?? '', port: first?.port ?? 0 };
  const username = parameters.get('sentinelUsername');
  const password = parameters.get('sentinelPassword');
  return {
    sentinels: [...hosts],
    name: masterName ?? '',
    lazyConnect: true,
    // A sentinel that silently disappeared must not delay the search for another.
    sentinelCommandTimeout: Math.min(timeoutMs, 10_000),
    connectTimeout: Math.min(timeoutMs, 10_000),
    // Notices a failover at once, even while a connection to a hanging master stays open.
    failoverDetector: true,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(tls !== undefined && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}

/**
 * Reads the certificates and the key that the URL names.
 *
 * @throws BatonError `invalid_input`.
 */
export function readTls({ parameters }: RedisUrl): TlsOptions {
  const names = ['ca', 'cert', 'key'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = parameters.get(name);
      return path === undefined ? [] : [[name, readPem(name, path)]];
    }),
  );
}

function readPem(name: RedisUrlParameter, path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('-----BEGIN ')) return text;
  } catch (cause) {
    const problem = `found '${path}', expected a readable file: ${(cause as Error).message}`;
    throw new BatonError('invalid_input', `the Redis URL's ${name}: ${problem}`, { cause });
  }
  const problem = `found '${path}', expected a PEM file`;
  throw new BatonError('invalid_input', `the Redis URL's ${name}: ${problem}`);
}

async function loadDriver(): Promise<Pick<typeof import('ioredis'), 'Redis' | 'Cluster'>> {
  try {
    return await import('ioredis');
  } catch (cause) {
    const message = 'the Redis store needs the package ioredis: npm install ioredis';
    throw new BatonError('invalid_input', message, { cause });
  }
}

const AGAIN_AFTER_MS = 100;

/**
 * Reconnects a client that has closed itself. Returns a function that closes it for good. ioredis gives a
 * client up when sentinels announce a new master while it asks them for one: its failover detector closes
 * connections that are not open yet (`SentinelConnector`, ioredis 6.0).
 */
export function keepConnected(client: Redis | Cluster): () => void {
  let closed = false;
  client.on('end', () => {
    if (closed) return;
    setTimeout(() => {
      // Its commands report the error.
      if (!closed) client.connect().catch(() => {});
    }, AGAIN_AFTER_MS);
  });
  return () => {
    closed = true;
    client.disconnect();
  };
}
