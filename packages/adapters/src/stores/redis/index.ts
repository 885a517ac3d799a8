export { createRedisStore } from './redis-store.ts';
export type { ArchivedWorkflow, RedisStoreOptions, Retention } from './redis-store-options.ts';
