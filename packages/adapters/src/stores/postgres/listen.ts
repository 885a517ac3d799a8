import { systemClock } from '@baton/core/internal';
import type { PostgresClient, PostgresPool } from './pool.ts';
import { findPooling } from './pooling.ts';
import { quoted } from './table-names.ts';

/** Milliseconds that a check of the connection may take. */
const CHECK_TIMEOUT_MS = 5000;

const NOT_HEARD =
  'hints of other processes are not heard: the pooler before PostgreSQL shares connections by transaction';

export interface ListenOptions {
  readonly channel: string;
  readonly reconnectMs: number;
  readonly checkMs: number;
  readonly signal: AbortSignal;
  onPayload(payload: string): void;
  onError(error: unknown): void;
}

/** Listens until the signal aborts, and reconnects when a connection breaks. Never rejects. */
export async function listen(pool: PostgresPool, options: ListenOptions): Promise<void> {
  const { signal, reconnectMs, onError } = options;
  while (!signal.aborted) {
    try {
      if ((await findPooling(pool)) === 'transaction') return onError(new Error(NOT_HEARD));
      await listenOnce(await pool.connect(), options);
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
    await systemClock.sleep(reconnectMs, signal);
  }
}

/** Listens on one connection until it breaks, which rejects, or the signal aborts. */
async function listenOnce(client: PostgresClient, options: ListenOptions): Promise<void> {
  const { channel, checkMs, signal, onPayload } = options;
  const broken = new AbortController();
  client.on('error', (error) => broken.abort(error));
  client.on('notification', (message) => {
    if (message.channel === channel && message.payload !== undefined) onPayload(message.payload);
  });
  const ended = AbortSignal.any([broken.signal, signal]);
  try {
    await client.query({ text: `LISTEN ${quoted(channel)}`, query_timeout: CHECK_TIMEOUT_MS });
    while (!ended.aborted) {
      await systemClock.sleep(checkMs, ended);
      // Of a peer that vanished without a word only a question tells.
      if (!ended.aborted) await client.query({ text: 'SELECT 1', query_timeout: CHECK_TIMEOUT_MS });
    }
    if (broken.signal.aborted) throw broken.signal.reason;
  } finally {
    client.removeAllListeners('notification');
    // Close the connection: returned to the pool, it would keep listening.
    client.release(true);
  }
}
