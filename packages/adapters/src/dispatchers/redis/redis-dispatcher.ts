import type { Dispatcher, WorkHint } from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { checkNumber } from '../../stores/check-number.ts';
import { connect } from '../../stores/redis/connect.ts';
import { keepConnected } from '../../stores/redis/keep-connected.ts';
import { createListeners } from '../listeners.ts';

/** Options of {@link createRedisDispatcher}. */
export interface RedisDispatcherOptions {
  /** A URL, as for the store, or an ioredis instance, which the caller closes. */
  readonly connection: string | Redis | Cluster;
  /** Channel that the processes of one installation share. Default `baton:work`. */
  readonly channel?: string | undefined;
  /**
   * Milliseconds between two pings of the subscription to a single server, 1 to 2,147,483,647. Without an
   * answer in 10 s, or in the `socketTimeout` of an injected instance, it connects again. Default 10,000.
   */
  readonly pingMs?: number | undefined;
  /**
   * Receives the error when a hint is lost (runners then find the work by polling) and when a listener
   * throws. Default: errors are dropped.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A dispatcher over Redis. `close` ends its subscription and the connections that it opened. */
export interface RedisDispatcher extends Dispatcher {
  close(): Promise<void>;
}

interface Channel {
  readonly publisher: Redis | Cluster;
  readonly subscriber: Redis | Cluster;
  /** Closes the connections that the dispatcher opened. */
  readonly end: () => void;
}

const COMMAND_TIMEOUT_MS = 10_000;

/** Hints that may wait to be sent. A lost hint costs latency, never work. */
const MAX_WAITING = 1000;

/**
 * Carries hints between processes by publish and subscribe, sharded in a cluster.
 *
 * 1. A hint that cannot be sent at once is dropped instead of waiting for a server that is down.
 * 2. One message is in flight at a time. Hints that arrive meanwhile form the next one, each once.
 * 3. The subscription is restored when the connection is; hints sent in between are lost.
 *
 * @throws BatonError `invalid_input` for options out of range.
 * @example
 * import { createRedisDispatcher } from '@baton/adapters/redis';
 * const dispatcher = createRedisDispatcher({ connection: 'redis://127.0.0.1:6379' });
 */
export function createRedisDispatcher(options: RedisDispatcherOptions): RedisDispatcher {
  const { connection, channel = 'baton:work', pingMs = 10_000, onError = () => {} } = options;
  checkNumber('pingMs', pingMs, MAX_TIMER_MS);
  const listeners = createListeners(onError);
  const waiting = new Map<string, WorkHint>();
  let sending = false;
  let subscribed = false;
  let closed = false;
  let pinging: NodeJS.Timeout | undefined;
  const opening = open();
  opening.catch(onError);

  async function open(): Promise<Channel> {
    const isOwn = typeof connection === 'string';
    const publisher = isOwn ? await connect(connection, COMMAND_TIMEOUT_MS) : connection;
    // A cluster instance may be created without connecting.
    if (publisher.status === 'wait') publisher.connect().catch(onError);
    // Waits for the server as long as necessary.
    const subscriber = publisher.isCluster
      ? (publisher as Cluster).duplicate([], {
          shardedSubscribers: true,
          lazyConnect: false,
          enableOfflineQueue: true,
        })
      : (publisher as Redis).duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
    subscriber.on('error', onError);
    subscriber.on(publisher.isCluster ? 'smessage' : 'message', (_channel: string, text: string) =>
      parseHints(text).forEach(listeners.tell),
    );
    const ends = [subscriber, ...(isOwn ? [publisher] : [])].map(keepConnected);
    return { publisher, subscriber, end: () => ends.forEach((end) => void end()) };
  }

  async function subscribe(): Promise<void> {
    const { subscriber } = await opening;
    if (closed) return;
    if (subscriber.isCluster) {
      await subscriber.ssubscribe(channel);
      return;
    }
    // Only a ping reveals that a connection was silently lost.
    pinging = setInterval(() => void subscriber.ping().catch(onError), pingMs).unref();
    await subscriber.subscribe(channel);
  }

  async function send(): Promise<void> {
    sending = true;
    try {
      const { publisher } = await opening;
      while (waiting.size > 0) {
        const text = JSON.stringify([...waiting.values()]);
        waiting.clear();
        if (closed || publisher.status !== 'ready') break;
        if (publisher.isCluster) await publisher.spublish(channel, text);
        else await publisher.publish(channel, text);
      }
    } catch (error) {
      waiting.clear();
      onError(error);
    }
    sending = false;
  }

  return {
    announce(hint) {
      if (closed || waiting.size === MAX_WAITING) return;
      waiting.set(JSON.stringify([hint.workflowId, hint.role]), hint);
      if (!sending) void send();
    },
    subscribe(listener) {
      if (!subscribed) {
        subscribed = true;
        subscribe().catch(onError);
      }
      return listeners.add(listener);
    },
    async close() {
      closed = true;
      clearInterval(pinging);
      const opened = await opening.catch(() => undefined);
      opened?.end();
    },
  };
}

/** Returns no hints for a message that is not a list of hints: any client of the server may publish. */
function parseHints(text: string): readonly WorkHint[] {
  try {
    const found = JSON.parse(text) as readonly Partial<WorkHint>[];
    return found.filter(
      (hint): hint is WorkHint =>
        typeof hint.workflowId === 'string' && typeof hint.role === 'string',
    );
  } catch {
    return [];
  }
}
