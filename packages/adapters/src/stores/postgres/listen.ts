import type { WorkHint } from '@baton/core';
import { systemClock } from '@baton/core/internal';
import { quoted } from './columns.ts';
import { findPooling, type PostgresClient, type PostgresPool } from './pool.ts';

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

/** Bytes of a notification, a few below PostgreSQL's limit of 8,000. */
const MAX_BYTES = 7900;

/**
 * Packs `hints` into as few payloads as possible. `sender` identifies the process, which skips its own hints.
 */
export function toPayloads(sender: string, hints: Iterable<WorkHint>): string[] {
  const head = `[${JSON.stringify(sender)}`;
  const payloads: string[] = [];
  let payload = head;
  for (const { workflowId, role, projectId, priority } of hints) {
    const hint = `,${JSON.stringify([workflowId, role, projectId, priority])}`;
    if (Buffer.byteLength(payload) + Buffer.byteLength(hint) >= MAX_BYTES && payload !== head) {
      payloads.push(`${payload}]`);
      payload = head;
    }
    payload += hint;
  }
  if (payload !== head) payloads.push(`${payload}]`);
  return payloads;
}

type HintText = [
  workflowId: string,
  role: string | null,
  projectId?: string | null,
  priority?: number | null,
];

/** Parses a payload of {@link toPayloads}; undefined for any other text. */
export function fromPayload(
  payload: string,
): { readonly sender: unknown; readonly hints: readonly WorkHint[] } | undefined {
  try {
    const [sender, ...found] = JSON.parse(payload) as [unknown, ...HintText[]];
    const hints = found.map(([workflowId, role, projectId, priority]) => ({
      workflowId,
      role: role ?? undefined,
      projectId: projectId ?? undefined,
      priority: priority ?? undefined,
    }));
    return { sender, hints };
  } catch {
    return undefined;
  }
}
