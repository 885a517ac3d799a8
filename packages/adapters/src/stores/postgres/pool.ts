import { BatonError } from '@baton/core';

/**
 * The part of `pg` that Baton uses. A `Pool` of pg 8 fits. The types are declared here so that users of other
 * stores do not need the driver's types.
 */
export interface PostgresPool {
  readonly options?: { readonly max?: number | undefined };
  query(query: PostgresQuery): Promise<PostgresRows>;
  connect(): Promise<PostgresClient>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

/** One connection of a {@link PostgresPool}. */
export interface PostgresClient {
  /** The process id of the server, from when the connection was made. */
  readonly processID?: unknown;
  query(query: PostgresQuery): Promise<PostgresRows>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown;
  removeAllListeners(event: 'notification'): unknown;
  /** Returns the connection to the pool; with an error, closes it. */
  release(error?: Error | boolean): void;
}

/** A message from NOTIFY. */
export interface PostgresNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** A statement with its parameters, as `pg` takes it. */
export interface PostgresQuery {
  readonly text: string;
  /** A named statement is prepared once on each connection. */
  readonly name?: string;
  readonly values?: unknown[];
  readonly types?: { getTypeParser(oid: number): (text: string) => unknown };
  /** Milliseconds after which the driver gives up the query and closes the connection. */
  readonly query_timeout?: number;
}

/** What a statement returned. */
export interface PostgresRows {
  readonly rows: Record<string, unknown>[];
}

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

/**
 * Settings of connections that the store opens itself:
 * - Every query has an index. A plan made while the tables were small must not read all of them later
 *   (prepared statements keep their plans until statistics are collected again).
 * - A plan for the actual values is no better, and planning takes longer than writing a small batch.
 * - A plan that expects many rows is not compiled for the few that it reads (JIT took 30 ms).
 * - A commit is acknowledged when it is on disk, whatever the database's default is.
 * - The conditions of a commit are written for READ COMMITTED.
 * - The server gives up a statement before the client does, so that it does not continue without a reader.
 *   This is set after connecting, because poolers refuse unknown startup parameters.
 */
const settings = (queryTimeoutMs: number): string => `
  SELECT set_config('statement_timeout', '${queryTimeoutMs}', false),
    set_config('enable_seqscan', 'off', false),
    set_config('plan_cache_mode', 'force_generic_plan', false),
    set_config('jit', 'off', false),
    set_config('default_transaction_isolation', 'read committed', false),
    CASE WHEN current_setting('synchronous_commit') = 'off'
      THEN set_config('synchronous_commit', 'on', false) END`;

interface PoolOptions {
  readonly queryTimeoutMs: number;
  readonly maxConnections: number;
}

export interface OpenedPool {
  readonly pool: PostgresPool;
  readonly pooling: Pooling;
}

/**
 * Opens a pool for the store's statements.
 *
 * @throws BatonError `invalid_input` when the driver is not installed; any error of connecting.
 */
export async function openPool(url: string, options: PoolOptions): Promise<OpenedPool> {
  const { queryTimeoutMs } = options;
  const probing = await createPool(url, { queryTimeoutMs, maxConnections: 2 });
  probing.on('error', () => {});
  const pooling = await findPooling(probing).finally(() => probing.end());
  if (pooling === 'transaction') return { pooling, pool: await createPool(url, options) };
  const pool = await createPool(url, options, async (client) => {
    await client.query({ text: settings(queryTimeoutMs), query_timeout: queryTimeoutMs });
  });
  return { pooling, pool };
}

/**
 * Creates a pool that connects when it is first used.
 *
 * @throws BatonError `invalid_input` when the driver is not installed.
 */
export async function createPool(
  url: string,
  { queryTimeoutMs, maxConnections }: PoolOptions,
  onConnect?: (client: Pick<PostgresClient, 'query'>) => Promise<void>,
): Promise<PostgresPool> {
  const { Pool } = await import('pg').catch((cause: unknown) => {
    const text = "the PostgreSQL store needs the package 'pg': npm install pg";
    throw new BatonError('invalid_input', text, { cause });
  });
  return new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: queryTimeoutMs,
    keepAlive: true,
    application_name: 'baton',
    ...(onConnect !== undefined && { onConnect }),
  });
}
