import type { Dispatcher, WorkHint } from '@baton/core';
import { MAX_TIMER_MS, present, type Resolved } from '@baton/core/internal';
import type { Cluster, Redis } from 'ioredis';
import { checkConnection, checkNumber } from '../check-option.ts';
import { createListeners } from '../listeners.ts';
import { connect, keepConnected } from './connect.ts';

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
 * 1. A hint that cannot be sent at once is dropped: it must not wait for a server that is away.
 * 2. One message is on its way at a time; hints that arrive meanwhile make up the next, each once.
 * 3. The subscription comes back by itself when the connection does; hints in between are lost.
 *
 * @throws BatonError `invalid_input` when the driver is not installed.
 * @example
 * import { createRedisDispatcher } from '@baton/adapters/redis';
 * const dispatcher = await createRedisDispatcher({ connection: 'redis://127.0.0.1:6379' });
 */
export async function createRedisDispatcher(
  options: RedisDispatcherOptions,
): Promise<RedisDispatcher> {
  const resolved = resolveRedisDispatcherOptions(options);
  const { channel, pingMs, onError } = resolved;
  const listeners = createListeners(onError);
  const waiting = new Map<string, WorkHint>();
  let sending = false;
  let subscribed = false;
  let closed = false;
  let pinging: NodeJS.Timeout | undefined;
  const { publisher, subscriber, end } = await openChannel(resolved);
  subscriber.on(publisher.isCluster ? 'smessage' : 'message', (_channel: string, text: string) =>
    parseHints(text).forEach(listeners.tell),
  );

  async function subscribe(): Promise<void> {
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
      // What is announced in the same moment makes up one message.
      await Promise.resolve();
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
      if (!subscribed && !closed) {
        subscribed = true;
        subscribe().catch(onError);
      }
      return listeners.add(listener);
    },
    async close() {
      closed = true;
      clearInterval(pinging);
      end();
    },
  };
}

async function openChannel({
  connection,
  onError,
}: ResolvedRedisDispatcherOptions): Promise<Channel> {
  const isOwn = typeof connection === 'string';
  const publisher = isOwn ? await connect(connection, COMMAND_TIMEOUT_MS) : connection;
  // One that is made for a cluster connects when it is told to.
  if (publisher.status === 'wait') publisher.connect().catch(onError);
  // Waits for the server for as long as it takes.
  const subscriber = publisher.isCluster
    ? (publisher as Cluster).duplicate([], {
        shardedSubscribers: true,
        lazyConnect: false,
        enableOfflineQueue: true,
      })
    : (publisher as Redis).duplicate({ lazyConnect: true, maxRetriesPerRequest: null });
  subscriber.on('error', onError);
  const ends = [subscriber, ...(isOwn ? [publisher] : [])].map(keepConnected);
  return { publisher, subscriber, end: () => ends.forEach((end) => void end()) };
}

/** Returns no hints for a message that is no list of hints: any client of the server may publish. */
function parseHints(text: string): readonly WorkHint[] {
  try {
    const found = JSON.parse(text) as readonly Partial<WorkHint>[];
    return found.filter(
      (hint): hint is WorkHint =>
        typeof hint.workflowId === 'string' && ['string', 'undefined'].includes(typeof hint.role),
    );
  } catch {
    return [];
  }
}

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
   * throw. Default: errors are dropped.
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
