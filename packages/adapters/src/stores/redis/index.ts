export type { RedisDispatcherOptions } from './redis-dispatcher.ts';
export { createRedisDispatcher, type RedisDispatcher } from './redis-dispatcher.ts';
export { createRedisStore } from './redis-store.ts';
export type {
  ArchivedWorkflow,
  RedisStoreOptions,
  Retention,
} from './redis-store-options.ts';
export type { Replicas } from './redis-url.ts';
