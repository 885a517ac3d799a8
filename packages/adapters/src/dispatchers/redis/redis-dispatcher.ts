import type { Dispatcher, WorkHint } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { connect } from '../../stores/redis/connect.ts';

export interface RedisDispatcherOptions {
  /** A URL as the store takes it, or an ioredis instance, which stays its owner's to close. */
  readonly connection: string | Redis | Cluster;
  /** Default `baton:work`. */
  readonly channel?: string;
  /** Hears that hints do not get through: work is found by polling then. Default: nobody. */
  readonly onError?: (error: unknown) => void;
}

export interface RedisDispatcher extends Dispatcher {
  close(): Promise<void>;
}

interface Channel {
  readonly publisher: Redis | Cluster;
  readonly subscriber: Redis | Cluster;
}

const COMMAND_TIMEOUT_MS = 10_000;

/**
 * Hints between processes by publish and subscribe, sharded in a cluster.
 *
 * 1. A hint that cannot be sent at once is dropped: it must not wait for a server that is away.
 * 2. The subscription comes back by itself when the connection does; hints in between are lost.
 */
export function createRedisDispatcher(options: RedisDispatcherOptions): RedisDispatcher {
  const { connection, channel = 'baton:work', onError = () => {} } = options;
  const listeners = new Set<(hint: WorkHint) => void>();
  let subscribed = false;
  let closed = false;
  const opening = open();
  opening.catch(onError);

  async function open(): Promise<Channel> {
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
    subscriber.on(publisher.isCluster ? 'smessage' : 'message', (_channel: string, text: string) =>
      tell(text),
    );
    return { publisher, subscriber };
  }

  function tell(text: string): void {
    const hint = parseHint(text);
    if (hint === undefined) return;
    for (const listener of [...listeners]) listener(hint);
  }

  async function subscribe(): Promise<void> {
    const { subscriber } = await opening;
    if (closed) return;
    if (subscriber.isCluster) await subscriber.ssubscribe(channel);
    else await subscriber.subscribe(channel);
  }

  return {
    announce(hint) {
      const text = JSON.stringify(hint);
      opening
        .then(({ publisher }) => {
          if (closed || publisher.status !== 'ready') return undefined;
          return publisher.isCluster
            ? publisher.spublish(channel, text)
            : publisher.publish(channel, text);
        })
        .catch(onError);
    },
    subscribe(listener) {
      listeners.add(listener);
      if (!subscribed) {
        subscribed = true;
        subscribe().catch(onError);
      }
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      const opened = await opening.catch(() => undefined);
      opened?.subscriber.disconnect();
      if (typeof connection === 'string') opened?.publisher.disconnect();
    },
  };
}

/** Undefined for what is no hint: anybody may publish. */
function parseHint(text: string): WorkHint | undefined {
  try {
    const { workflowId, role } = JSON.parse(text) as Partial<WorkHint>;
    if (typeof workflowId === 'string' && typeof role === 'string') return { workflowId, role };
  } catch {}
  return undefined;
}
