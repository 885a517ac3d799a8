import type { PostgresClient, PostgresPool } from './pool.ts';

/**
 * How long a connection belongs to a client: `session` (PostgreSQL itself, or a pooler of sessions), or
 * `transaction` (a pooler such as PgBouncer with `pool_mode = transaction`). With the latter, prepared
 * statements, settings and LISTEN do not last.
 */
export type Pooling = 'session' | 'transaction';

const PROBES = 10;
const PROBE_TIMEOUT_MS = 5000;

/**
 * Finds out the pooling from the server processes that answer on one or two connections. A transaction pooler
 * gives the process that one connection has just used to the next; two sessions never share one.
 */
export async function findPooling(pool: PostgresPool): Promise<Pooling> {
  return using(pool, async (first) => {
    const process = await processOf(first);
    // PostgreSQL sends the process id when the connection is made; poolers invent one.
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
  // A connection that breaks also emits `error`, which would end the process without a listener.
  const ignore = (): void => {};
  client.on('error', ignore);
  try {
    return await work(client);
  } finally {
    client.release(true);
  }
}
