import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkConnection, checkNumber } from '../check-option.ts';
import type { PostgresPool } from './pool.ts';

/** Options of `createPostgresDispatcher`. */
export interface PostgresDispatcherOptions {
  /**
   * A `postgres://` URL for a pool that the dispatcher opens and closes, or a pool of `pg`; listening holds
   * one of its connections. LISTEN needs its own session: behind a pooler in transaction mode the dispatcher
   * sends hints and receives none, and `onError` is told so.
   */
  readonly connection: string | PostgresPool;
  /** Channel that the processes of one installation share. Default `baton_work`. */
  readonly channel?: string | undefined;
  /** Milliseconds before a lost connection is opened again, 1 to 2,147,483,647. Default 1,000. */
  readonly reconnectMs?: number | undefined;
  /** Milliseconds between two checks of the listening connection, 1 to 2,147,483,647. Default 30,000. */
  readonly checkMs?: number | undefined;
  /** Receives the error when hints are lost: that costs latency, never work. Default: errors are dropped. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export type ResolvedPostgresDispatcherOptions = Resolved<PostgresDispatcherOptions>;

/**
 * Resolves the defaults; the only place that does.
 *
 * @throws BatonError `invalid_input`.
 */
export function resolvePostgresDispatcherOptions(
  options: PostgresDispatcherOptions,
): ResolvedPostgresDispatcherOptions {
  checkConnection(options.connection, 'connect', 'a postgres:// URL or a pool of pg');
  const resolved = {
    channel: 'baton_work',
    reconnectMs: 1000,
    checkMs: 30_000,
    onError: () => {},
    ...present(options),
  };
  checkNumber('reconnectMs', resolved.reconnectMs, MAX_TIMER_MS);
  checkNumber('checkMs', resolved.checkMs, MAX_TIMER_MS);
  return resolved;
}
