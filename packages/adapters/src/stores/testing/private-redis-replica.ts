import { setTimeout as sleep } from 'node:timers/promises';
import { type PrivateRedis, startRedis } from './private-redis.ts';

/** Starts a replica of a server; resolves when it has all data. */
export async function startRedisReplica(
  { port }: PrivateRedis,
  settings: readonly string[] = [],
): Promise<PrivateRedis> {
  const replica = await startRedis([...settings, '--replicaof', `127.0.0.1 ${port}`]);
  const client = replica.connect();
  while (!(await client.info('replication')).includes('master_link_status:up')) await sleep(20);
  client.disconnect();
  return replica;
}
