import type { Cluster, Redis } from 'ioredis';

const AGAIN_AFTER_MS = 100;

/**
 * Connects a client again when it has ended by itself, and returns how to end it. ioredis gives a
 * client up for good when sentinels announce a new master while it is asking them for one: its failover
 * detector closes what is not open yet (`SentinelConnector`, ioredis 6.0).
 */
export function keepConnected(client: Redis | Cluster): () => void {
  let closed = false;
  client.on('end', () => {
    if (closed) return;
    setTimeout(() => {
      // What it fails with, its commands say.
      if (!closed) client.connect().catch(() => {});
    }, AGAIN_AFTER_MS);
  });
  return () => {
    closed = true;
    client.disconnect();
  };
}
