import { parseStoreUrl } from './store-url.ts';

/** Options of {@link migrateStore}. */
export interface MigrateStoreOptions {
  /** Whether to only return the SQL. Default false. */
  readonly dryRun?: boolean | undefined;
}

/**
 * The result of a migration:
 * - `sql`: the SQL that was run, or with `dryRun` would be; empty when the tables are up to date;
 * - `on_opening`: the store migrates itself whenever it is opened;
 * - `no_tables`: the store has no tables.
 */
export type Migration =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'on_opening' }
  | { readonly kind: 'no_tables' };

/** Milliseconds to wait for a connection. The migration itself has no limit. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Migrates the tables of a store to the version of this code.
 *
 * @throws BatonError `invalid_input` for a URL of no store, for a driver that is not installed and for tables
 * of a newer version; `unavailable` when the database does not answer.
 * @example
 * import { migrateStore } from '@baton/adapters/open-store';
 * const migration = await migrateStore('postgres://localhost/baton', { dryRun: true });
 * if (migration.kind === 'sql') console.log(migration.sql);
 */
export async function migrateStore(
  url: string,
  { dryRun = false }: MigrateStoreOptions = {},
): Promise<Migration> {
  const where = parseStoreUrl(url);
  switch (where.kind) {
    case 'sqlite':
      return { kind: 'on_opening' };
    case 'postgres': {
      const { createPool } = await import('../postgres/pool.ts');
      const { migrate } = await import('../postgres/migrate.ts');
      const pool = await createPool(where.url, {
        queryTimeoutMs: CONNECT_TIMEOUT_MS,
        maxConnections: 1,
      });
      pool.on('error', () => {});
      try {
        return { kind: 'sql', sql: await migrate(pool, { dryRun }) };
      } finally {
        await pool.end();
      }
    }
    case 'memory':
    case 'redis':
      return { kind: 'no_tables' };
  }
}
