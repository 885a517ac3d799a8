import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { checkConnection, checkNumber } from '../check-option.ts';

export interface RedisDispatcherOptions {
  /** A URL as the store takes it, or an ioredis instance, which stays its owner's to close. */
  readonly connection: string | Redis | Cluster;
  /** Default `baton:work`. */
  readonly channel?: string | undefined;
  /**
   * Milliseconds between two looks whether the subscription of one server still stands: it is made
   * anew when there is no answer in 10 s, or in an injected instance's `socketTimeout`. Default 10,000.
   */
  readonly pingMs?: number | undefined;
  /**
   * Hears of hints that do not get through (work is found by polling then) and of listeners that
   * throw. Default: nobody.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export type ResolvedRedisDispatcherOptions = Resolved<RedisDispatcherOptions>;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
export function resolveRedisDispatcherOptions(
  options: RedisDispatcherOptions,
): ResolvedRedisDispatcherOptions {
  checkConnection(options.connection, 'publish', 'a URL or an ioredis instance');
  const resolved = {
    channel: 'baton:work',
    pingMs: 10_000,
    onError: () => {},
    ...present(options),
  };
  checkNumber('pingMs', resolved.pingMs, MAX_TIMER_MS);
  return resolved;
}
