import { BatonError } from '@baton/core';
import type { PostgresClient, PostgresPool } from './pool.ts';
import { findPooling, type Pooling } from './pooling.ts';

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
