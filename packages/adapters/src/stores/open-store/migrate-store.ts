import { parseStoreUrl } from './store-url.ts';

/** Options of {@link migrateStore}. */
export interface MigrateStoreOptions {
  /** Only says what would be run. Default false. */
  readonly dryRun?: boolean | undefined;
}

/**
 * What a migration came to:
 * - `sql`: what was run, or with `dryRun` would be; empty when there is nothing to do;
 * - `on_opening`: the store brings itself up to date whenever it is opened;
 * - `no_tables`: there is nothing that could need it.
 */
export type Migration =
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'on_opening' }
  | { readonly kind: 'no_tables' };

/** How long to wait for a connection, in milliseconds. The migration itself may take its time. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Brings the tables of a store up to what this code knows.
 *
 * @throws BatonError `invalid_input` for a URL of no store, for a driver that is not installed, for
 *   tables of a newer version; `unavailable`.
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
      const { createPool } = await import('../postgres/open-pool.ts');
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
