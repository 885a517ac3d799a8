export { type MigrateOptions, migrate } from './migrate.ts';
export type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresQuery,
  PostgresRows,
} from './pool.ts';
export type { PostgresDispatcherOptions } from './postgres-dispatcher.ts';
export {
  createPostgresDispatcher,
  type PostgresDispatcher,
} from './postgres-dispatcher.ts';
export { createPostgresStore } from './postgres-store.ts';
export type { PostgresStoreOptions } from './postgres-store-options.ts';
