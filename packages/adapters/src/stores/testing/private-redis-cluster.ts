import { Cluster, type Redis } from 'ioredis';
import { type PrivateRedis, startRedis } from './private-redis.ts';

/** Three masters on this machine, without replicas. */
export interface PrivateRedisCluster {
  readonly servers: readonly PrivateRedis[];
  /** A connection of its own, which knows one master at first and which the caller closes. */
  connect(): Cluster;
  /** Moves a slot with its keys, one by one, to the master after the one that has it. */
  migrateSlot(slot: number): Promise<void>;
  destroy(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
const TIMEOUT_MS = 10_000;

export async function startRedisCluster(): Promise<PrivateRedisCluster> {
  const servers = await Promise.all(
    Array.from({ length: MASTERS }, () => startRedis(['--cluster-enabled', 'yes'])),
  );
  const nodes = servers.map((server) => server.connect());
  const ids = await Promise.all(nodes.map((node) => call<string>(node, 'MYID')));
  const share = Math.ceil(SLOTS / MASTERS);
  for (const [i, node] of nodes.entries()) {
    const last = Math.min(SLOTS, (i + 1) * share) - 1;
    await call(node, 'ADDSLOTSRANGE', i * share, last);
    await call(node, 'SET-CONFIG-EPOCH', i + 1);
    await call(node, 'MEET', '127.0.0.1', servers[0]?.port ?? 0);
  }
  await Promise.all(nodes.map(isWhole));

  async function ownerOf(slot: number): Promise<number> {
    const ranges = await call<[number, number, [string, number, string]][]>(nodes[0], 'SLOTS');
    const range = ranges.find(([first, last]) => first <= slot && slot <= last);
    return ids.indexOf(range?.[2][2] ?? '');
  }

  return {
    servers,
    connect: () => new Cluster([{ host: '127.0.0.1', port: servers[0]?.port ?? 0 }]),
    async migrateSlot(slot) {
      const from = await ownerOf(slot);
      const to = (from + 1) % MASTERS;
      const [source, target] = [nodes[from], nodes[to]];
      await call(target, 'SETSLOT', slot, 'IMPORTING', ids[from]);
      await call(source, 'SETSLOT', slot, 'MIGRATING', ids[to]);
      for (;;) {
        const [key] = await call<string[]>(source, 'GETKEYSINSLOT', slot, 1);
        if (key === undefined) break;
        await source?.call('MIGRATE', '127.0.0.1', servers[to]?.port ?? 0, key, 0, TIMEOUT_MS);
      }
      // The target first: once it owns the slot, the source's word no longer counts.
      for (const node of [target, source, ...nodes]) {
        await call(node, 'SETSLOT', slot, 'NODE', ids[to]);
      }
    },
    async destroy() {
      for (const node of nodes) node.disconnect();
      await Promise.all(servers.map((server) => server.destroy()));
    },
  };
}

async function call<T>(
  node: Redis | undefined,
  command: string,
  ...args: readonly (string | number | undefined)[]
): Promise<T> {
  return (await node?.call('CLUSTER', command, ...args.map(String))) as T;
}

/** Resolves when the node knows an owner for every slot, and every other node. */
async function isWhole(node: Redis): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; ) {
    const info = await call<string>(node, 'INFO');
    if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`))
      return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the cluster did not come together');
}
