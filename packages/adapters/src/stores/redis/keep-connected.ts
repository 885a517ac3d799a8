import type { Cluster, Redis } from 'ioredis';

const AGAIN_AFTER_MS = 100;

/**
 * Reconnects a client that has closed itself. Returns a function that closes it for good. ioredis gives a
 * client up when sentinels announce a new master while it asks them for one: its failover detector closes
 * connections that are not open yet (`SentinelConnector`, ioredis 6.0).
 */
export function keepConnected(client: Redis | Cluster): () => void {
  let closed = false;
  client.on('end', () => {
    if (closed) return;
    setTimeout(() => {
      // Its commands report the error.
      if (!closed) client.connect().catch(() => {});
    }, AGAIN_AFTER_MS);
  });
  return () => {
    closed = true;
    client.disconnect();
  };
}
