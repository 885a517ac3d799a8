import { BatonError } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import { MAX_TIMER_MS, present } from '@baton/core/internal';
import { checkConnection, checkNumber } from '../check-option.ts';
import type { PostgresPool } from './pool.ts';

/** Options of `createPostgresStore`. */
export interface PostgresStoreOptions {
  /**
   * A `postgres://` URL for a pool that the store opens and closes, or a pool of `pg` that the caller
   * configures and closes. For your own pool, set what the store sets for its own: `connectionTimeoutMillis`,
   * `statement_timeout`, and in `onConnect` `synchronous_commit = on`, `plan_cache_mode =
   * force_generic_plan`, `enable_seqscan = off`, `jit = off`.
   */
  readonly connection: string | PostgresPool;
  /** Schema for the tables, created by the migrations. Default: the first of the search path. */
  readonly schema?: string | undefined;
  /**
   * Whether to migrate the tables when the store is opened; without it, an old schema is refused. The
   * database role needs the right to change tables only when there is something to migrate. Default true.
   */
  readonly autoMigrate?: boolean | undefined;
  /** Milliseconds before a statement counts as failed, 1 to 2,147,483,647. Default 10,000. */
  readonly queryTimeoutMs?: number | undefined;
  /** Connections of a pool that the store opens, 1 to 262,143. Default 10. */
  readonly maxConnections?: number | undefined;
  /**
   * Receives a line for each unreadable record, which lists then leave out; for migrations that wait for
   * another process; and for a pooler in transaction mode. Default: a process warning.
   */
  readonly warn?: ((line: string) => void) | undefined;
}

export type ResolvedPostgresOptions = Resolved<Omit<PostgresStoreOptions, 'schema'>> & {
  readonly schema: string | undefined;
};

/** The maximum of a server's `max_connections`. */
const MOST_CONNECTIONS = 262_143;

/** PostgreSQL silently truncates longer names. */
const MAX_NAME_BYTES = 63;

/**
 * Resolves the defaults; the only place that does.
 *
 * @throws BatonError `invalid_input`.
 */
export function resolvePostgresOptions(options: PostgresStoreOptions): ResolvedPostgresOptions {
  checkConnection(options.connection, 'connect', 'a postgres:// URL or a pool of pg');
  checkSchemaName(options.schema);
  const resolved = {
    autoMigrate: true,
    queryTimeoutMs: 10_000,
    maxConnections: 10,
    warn: (line: string) => process.emitWarning(line),
    ...present(options),
    schema: options.schema,
  };
  checkNumber('queryTimeoutMs', resolved.queryTimeoutMs, MAX_TIMER_MS);
  checkNumber('maxConnections', resolved.maxConnections, MOST_CONNECTIONS);
  return resolved;
}

/** @throws BatonError `invalid_input`. */
export function checkSchemaName(schema: string | undefined): void {
  if (schema === undefined) return;
  const bytes = Buffer.byteLength(schema);
  if (bytes > 0 && bytes <= MAX_NAME_BYTES && !schema.includes('\u0000')) return;
  throw new BatonError(
    'invalid_input',
    `the schema name '${schema}' has ${bytes} bytes; expected 1 to ${MAX_NAME_BYTES}, without NUL`,
  );
}
