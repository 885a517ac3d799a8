import { BatonError } from '@baton/core';
import type { Resolved } from '@baton/core/internal';
import { MAX_TIMER_MS, present } from '@baton/core/internal';
import { checkNumber } from '../check-number.ts';
import type { PostgresPool } from './pool.ts';

/** Options of `createPostgresStore`. */
export interface PostgresStoreOptions {
  /**
   * Where the database is: a `postgres://` URL for a pool that the store makes and closes, or a pool
   * of `pg`, which stays its owner's to configure and to end. Worth setting there, as the store's own
   * pool does: `connectionTimeoutMillis`, `statement_timeout`, and in `onConnect`
   * `synchronous_commit = on`, `plan_cache_mode = force_generic_plan`, `enable_seqscan = off`,
   * `jit = off`.
   */
  readonly connection: string | PostgresPool;
  /** Schema that holds the tables; made by the migrations. Default: the first of the search path. */
  readonly schema?: string | undefined;
  /**
   * Whether to bring the tables up to date at the start. Without it an old schema is refused.
   * Default true; a role without the right to change tables is fine while there is nothing to do.
   */
  readonly autoMigrate?: boolean | undefined;
  /** How long a statement may take before it counts as failed, in milliseconds. Default 10,000. */
  readonly queryTimeoutMs?: number | undefined;
  /** Connections at most, of a pool that the store makes. Default 10. */
  readonly maxConnections?: number | undefined;
  /**
   * Hears in a line each of a record that cannot be read and so is not offered as work, of migrations that
   * wait for another process's, and of a pooler that shares connections by transaction. Default: a process
   * warning.
   */
  readonly warn?: ((line: string) => void) | undefined;
}

export type ResolvedPostgresOptions = Resolved<Omit<PostgresStoreOptions, 'schema'>> & {
  readonly schema: string | undefined;
};

/** What a server's `max_connections` may be set to. */
const MOST_CONNECTIONS = 262_143;

/** PostgreSQL cuts longer names off without an error. */
const MAX_NAME_BYTES = 63;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
export function resolvePostgresOptions(options: PostgresStoreOptions): ResolvedPostgresOptions {
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
