import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkConnection, checkNumber } from '../check-option.ts';
import type { PostgresPool } from './pool.ts';

export interface PostgresDispatcherOptions {
  /**
   * A `postgres://` URL for a pool that the dispatcher makes and closes, or a pool of `pg`, of which
   * listening takes one connection for as long as it lasts. LISTEN needs a session of its own: behind
   * a pooler that shares connections by transaction hints are sent and not heard, as `onError` is told.
   */
  readonly connection: string | PostgresPool;
  /** Channel that the processes of one installation share. Default `baton_work`. */
  readonly channel?: string | undefined;
  /** Pause before a lost connection is tried again, in milliseconds. Default 1,000. */
  readonly reconnectMs?: number | undefined;
  /** How often the listening connection is checked, in milliseconds. Default 30,000. */
  readonly checkMs?: number | undefined;
  /** Hears why hints were lost. Default: nobody; they cost latency, never work. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

export type ResolvedPostgresDispatcherOptions = Resolved<PostgresDispatcherOptions>;

/** The one place where defaults are decided. @throws BatonError `invalid_input`. */
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
