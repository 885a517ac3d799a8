export {
  createRedisDispatcher,
  type RedisDispatcher,
  type RedisDispatcherOptions,
} from '../../dispatchers/redis/redis-dispatcher.ts';
export { createRedisStore } from './redis-store.ts';
export type {
  ArchivedWorkflow,
  RedisStoreOptions,
  Replicas,
  Retention,
} from './redis-store-options.ts';
