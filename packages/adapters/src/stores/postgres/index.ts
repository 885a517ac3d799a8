export {
  createPostgresDispatcher,
  type PostgresDispatcher,
} from '../../dispatchers/postgres/postgres-dispatcher.ts';
export type { PostgresDispatcherOptions } from '../../dispatchers/postgres/postgres-dispatcher-options.ts';
export { type MigrateOptions, migrate } from './migrate.ts';
export type {
  PostgresClient,
  PostgresNotification,
  PostgresPool,
  PostgresQuery,
  PostgresRows,
} from './pool.ts';
export { createPostgresStore } from './postgres-store.ts';
export type { PostgresStoreOptions } from './postgres-store-options.ts';
