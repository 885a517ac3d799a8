import { type ArtifactStore, BatonError } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { checkNumber } from '../../stores/check-option.ts';
import { toBatonError } from '../../stores/postgres/errors.ts';
import { openPool, type PostgresPool } from '../../stores/postgres/pool.ts';
import { checkSchemaName } from '../../stores/postgres/postgres-store-options.ts';
import {
  type ArtifactStoreOptions,
  createArtifactStore,
  resolveLimits,
} from '../artifact-store.ts';
import { createPostgresBackend } from './postgres-backend.ts';
import { migrate } from './tables.ts';

export interface PostgresArtifactStoreOptions extends ArtifactStoreOptions {
  /** A `postgres://` URL for a pool that the store makes and closes, or a pool of `pg` that its owner closes. */
  readonly connection: string | PostgresPool;
  /** Schema that holds the tables; made where it is missing. Default: the first of the search path. */
  readonly schema?: string | undefined;
  /** How long a statement may take before it counts as failed, in milliseconds. Default 30,000. */
  readonly queryTimeoutMs?: number | undefined;
  /** Connections at most, of a pool that the store makes. Default 4. */
  readonly maxConnections?: number | undefined;
}

/**
 * Artifacts in a PostgreSQL database (14 or newer), beside the workflows or elsewhere, which many processes
 * may share.
 *
 * @throws BatonError `unavailable`; `invalid_input` for tables of another version or without the driver.
 * @example
 * import { createPostgresArtifactStore } from '@baton/adapters/artifacts';
 * const artifacts = await createPostgresArtifactStore({ connection: 'postgres://localhost/baton' });
 */
export async function createPostgresArtifactStore(
  options: PostgresArtifactStoreOptions,
): Promise<ArtifactStore> {
  const { connection, schema, queryTimeoutMs = 30_000, maxConnections = 4 } = options;
  checkSchemaName(schema);
  checkNumber('queryTimeoutMs', queryTimeoutMs, MAX_TIMER_MS);
  checkNumber('maxConnections', maxConnections, 1000);
  const limits = resolveLimits({
    maxArtifactBytes: options.maxArtifactBytes,
    maxWorkflowBytes: options.maxWorkflowBytes,
  });
  const isOwn = typeof connection === 'string';
  const { pool } = isOwn
    ? await openPool(connection, { queryTimeoutMs, maxConnections }).catch(explain)
    : { pool: connection };
  // An idle connection that breaks must not end the process: no query waits for it.
  const ignore = (): void => {};
  pool.on('error', ignore);
  async function close(): Promise<void> {
    if (isOwn) await pool.end();
    else pool.off('error', ignore);
  }
  try {
    await migrate(pool, schema, queryTimeoutMs);
  } catch (reason) {
    await close();
    return explain(reason);
  }
  const backend = createPostgresBackend({ pool, schema, queryTimeoutMs, close });
  return createArtifactStore(backend, limits);
}

function explain(reason: unknown): never {
  throw BatonError.is(reason) ? reason : toBatonError(reason, 'the PostgreSQL database');
}
