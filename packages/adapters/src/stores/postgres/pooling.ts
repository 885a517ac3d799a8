import type { PostgresClient, PostgresPool } from './pool.ts';

/**
 * Whom a connection belongs to: `session` while it lasts (PostgreSQL itself, a pooler of sessions), or
 * `transaction`, for one transaction at a time (a pooler such as PgBouncer's `pool_mode = transaction`).
 * The latter keeps no prepared statement, setting or LISTEN.
 */
export type Pooling = 'session' | 'transaction';

const PROBES = 10;
const PROBE_TIMEOUT_MS = 5000;

/**
 * Looks which processes of the server answer on one or two connections. A pooler of transactions hands the
 * process that one connection has just used to the next; no two sessions ever share one.
 */
export async function findPooling(pool: PostgresPool): Promise<Pooling> {
  return using(pool, async (first) => {
    const process = await processOf(first);
    // PostgreSQL tells it when the connection is made; poolers make up one of their own.
    if (first.processID === undefined || first.processID === process) return 'session';
    if (pool.options?.max === 1) return probe([first]);
    return using(pool, (second) => probe([first, second]));
  });
}

async function probe(clients: readonly PostgresClient[]): Promise<Pooling> {
  const seen = clients.map(() => new Set<unknown>());
  for (let turn = 0; turn < PROBES; turn++) {
    for (const [i, client] of clients.entries()) seen[i]?.add(await processOf(client));
  }
  const processes = new Set(seen.flatMap((found) => [...found]));
  const isShared = processes.size < clients.length || seen.some(({ size }) => size > 1);
  return isShared ? 'transaction' : 'session';
}

async function processOf(client: PostgresClient): Promise<unknown> {
  const { rows } = await client.query({
    text: 'SELECT pg_backend_pid() AS process',
    query_timeout: PROBE_TIMEOUT_MS,
  });
  return rows[0]?.['process'];
}

async function using<T>(
  pool: PostgresPool,
  work: (client: PostgresClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  // One that breaks says so twice: to the query, and to whoever listens here.
  const ignore = (): void => {};
  client.on('error', ignore);
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}
