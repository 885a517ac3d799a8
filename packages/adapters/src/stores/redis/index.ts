export {
  createRedisDispatcher,
  type RedisDispatcher,
  type RedisDispatcherOptions,
} from '../../dispatchers/redis/redis-dispatcher.ts';
export { createRedisStore } from './redis-store.ts';
export type {
  ArchivedWorkflow,
  RedisStoreOptions,
  Retention,
} from './redis-store-options.ts';
export type { Replicas } from './replicas.ts';
