import { randomUUID } from 'node:crypto';
import type { Dispatcher, WorkHint } from '@baton/core';
import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import { checkConnection, checkNumber } from '../check-option.ts';
import { createListeners } from '../listeners.ts';
import { fromPayload, listen, toPayloads } from './listen.ts';
import { createPool, type PostgresPool } from './pool.ts';

/*
 * Invariants
 * 1. Hints are sent outside of commits: NOTIFY takes a lock that all notifying transactions share, and a
 *    failed hint must not fail the commit that it announces.
 * 2. One statement is in flight at a time. Hints that arrive meanwhile form the next one, each once. What the
 *    database does not accept in time is dropped.
 * 3. Listeners in this process get a hint at once, with or without a database.
 */

/** Hints that may wait to be sent. A lost hint costs latency, never work. */
const MAX_WAITING = 1000;

const SEND_TIMEOUT_MS = 5000;

/** Hints need no durability, so sending does not wait for the disk. */
const NOTIFY = `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, payload)
  FROM unnest($2::text[]) AS payload`;

/** A dispatcher over PostgreSQL. */
export interface PostgresDispatcher extends Dispatcher {
  /** Stops listening, and closes the pool if the dispatcher opened it. */
  close(): Promise<void>;
}

/**
 * Carries hints between processes over LISTEN and NOTIFY. It connects when it is first used and reconnects
 * when the connection is lost.
 *
 * @throws BatonError `invalid_input` for options out of range and when the driver is not installed.
 * @example
 * import { createPostgresDispatcher } from '@baton/adapters/postgres';
 * const dispatcher = await createPostgresDispatcher({ connection: 'postgres://localhost/baton' });
 */
export async function createPostgresDispatcher(
  options: PostgresDispatcherOptions,
): Promise<PostgresDispatcher> {
  const { connection, ...resolved } = resolvePostgresDispatcherOptions(options);
  const { channel, onError } = resolved;
  const isOwn = typeof connection === 'string';
  const pool = isOwn
    ? await createPool(connection, { queryTimeoutMs: SEND_TIMEOUT_MS, maxConnections: 2 })
    : connection;
  pool.on('error', onError);
  const sender = randomUUID();
  const listeners = createListeners(onError);
  const closing = new AbortController();
  const waiting = new Map<string, WorkHint>();
  let sending: Promise<void> | undefined;
  let listening: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (waiting.size > 0 && !closing.signal.aborted) {
      const payloads = toPayloads(sender, waiting.values());
      waiting.clear();
      try {
        await pool.query({
          text: NOTIFY,
          values: [channel, payloads],
          query_timeout: SEND_TIMEOUT_MS,
        });
      } catch (error) {
        onError(error);
      }
    }
    sending = undefined;
  }

  function receive(payload: string): void {
    const received = fromPayload(payload);
    if (received !== undefined && received.sender !== sender)
      received.hints.forEach(listeners.tell);
  }

  return {
    announce(hint) {
      listeners.tell(hint);
      if (closing.signal.aborted || waiting.size === MAX_WAITING) return;
      waiting.set(JSON.stringify([hint.workflowId, hint.role]), hint);
      sending ??= send();
    },
    subscribe(listener) {
      const { signal } = closing;
      listening ??= listen(pool, { ...resolved, signal, onPayload: receive });
      return listeners.add(listener);
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      await Promise.all([sending, listening]);
      // Connections may still break after `end`, until they are closed.
      if (isOwn) await pool.end();
      else pool.off('error', onError);
    },
  };
}

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
