import { Cluster, type Redis } from 'ioredis';
import { WAIT_MS } from '../../testing/patience.ts';
import { until } from '../../testing/until.ts';
import { type PrivateRedis, startRedis } from './private-redis.ts';

/** Three masters on this machine, each with a replica if requested. */
export interface PrivateRedisCluster {
  /** The first three were masters at the start; their replicas follow in the same order. */
  readonly servers: readonly PrivateRedis[];
  /** A new client that knows one server at first; the caller closes it. */
  connect(): Cluster;
  /** Moves a slot with its keys, one by one, to the next master. */
  migrateSlot(slot: number): Promise<void>;
  /** The master of a slot, and its replica. */
  pairOf(slot: number): Promise<readonly [master: PrivateRedis, replica: PrivateRedis]>;
  /** Keeps the replica from connecting until the master is restarted. */
  shutReplicaOut(master: PrivateRedis): Promise<void>;
  /** Resolves when the replica has become the master. */
  promoted(replica: PrivateRedis): Promise<void>;
  /** Promotes the replica by hand. */
  promote(replica: PrivateRedis): Promise<void>;
  /** Resolves when every slot has a master and every replica has all its master's data on disk. */
  settled(): Promise<void>;
  destroy(): Promise<void>;
}

export interface RedisClusterOptions {
  /** Whether each master has a replica. Default false. */
  readonly replicas?: boolean;
  /** Milliseconds after which a silent server counts as down. Default 15,000, as in Redis. */
  readonly nodeTimeoutMs?: number;
}

const MASTERS = 3;
const SLOTS = 16_384;

export async function startRedisCluster({
  replicas = false,
  nodeTimeoutMs = 15_000,
}: RedisClusterOptions = {}): Promise<PrivateRedisCluster> {
  const size = replicas ? 2 * MASTERS : MASTERS;
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)];
  // A returning replica does not wait for others and is noticed within a second.
  settings.push('--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1');
  const servers = await Promise.all(Array.from({ length: size }, () => startRedis(settings)));
  const nodes = servers.map((server) => server.connect());
  const ids = await Promise.all(nodes.map((node) => call<string>(node, 'MYID')));
  const share = Math.ceil(SLOTS / MASTERS);
  for (const [i, node] of nodes.entries()) {
    if (i < MASTERS) {
      const last = Math.min(SLOTS, (i + 1) * share) - 1;
      await call(node, 'ADDSLOTSRANGE', i * share, last);
    }
    await call(node, 'SET-CONFIG-EPOCH', i + 1);
    await call(node, 'MEET', '127.0.0.1', servers[0]?.port ?? 0);
  }
  await comesTrue(() => everyNode((node) => knows(node, size)));
  for (const [i, node] of nodes.slice(MASTERS).entries()) await call(node, 'REPLICATE', ids[i]);

  async function everyNode(holds: (node: Redis) => Promise<boolean>): Promise<boolean> {
    return (await Promise.all(nodes.map(holds))).every(Boolean);
  }

  /** The servers of a slot, master first, according to the first server. */
  async function serversOf(slot: number): Promise<readonly number[]> {
    const ranges = await slotsOf(nodes[0]);
    const [, , ...found] = ranges.find(([first, last]) => first <= slot && slot <= last) ?? [];
    return (found as Address[]).map(([, , id]) => ids.indexOf(id));
  }

  async function settled(): Promise<void> {
    await comesTrue(() => everyNode((node) => knows(node, size)));
    if (!replicas) return;
    await comesTrue(async () => {
      const told = await Promise.all(nodes.map((node) => node.info()));
      const masters = told.filter((info) => info.includes('role:master'));
      return (
        masters.length === MASTERS &&
        masters.every((info) => info.includes('connected_slaves:1')) &&
        told.every((info) => masters.includes(info) || info.includes('master_link_status:up')) &&
        told.every((info) => info.includes('aof_enabled:1')) &&
        told.every((info) => info.includes('aof_rewrite_in_progress:0')) &&
        (await everyNode(async (node) =>
          (await slotsOf(node)).every((range) => range.length === 4),
        ))
      );
    });
  }

  const cluster: PrivateRedisCluster = {
    servers,
    connect: () => new Cluster([{ host: '127.0.0.1', port: servers[0]?.port ?? 0 }]),
    async migrateSlot(slot) {
      const from = (await serversOf(slot))[0] as number;
      const to = (from + 1) % MASTERS;
      const [source, target] = [nodes[from], nodes[to]];
      await call(target, 'SETSLOT', slot, 'IMPORTING', ids[from]);
      await call(source, 'SETSLOT', slot, 'MIGRATING', ids[to]);
      for (;;) {
        const [key] = await call<string[]>(source, 'GETKEYSINSLOT', slot, 1);
        if (key === undefined) break;
        await source?.call('MIGRATE', '127.0.0.1', servers[to]?.port ?? 0, key, 0, WAIT_MS);
      }
      // The target first: once it owns the slot, the source's claim no longer counts.
      for (const node of [target, source, ...nodes]) {
        await call(node, 'SETSLOT', slot, 'NODE', ids[to]);
      }
    },
    async pairOf(slot) {
      const [master, replica] = (await serversOf(slot)).map((i) => servers[i]);
      if (master !== undefined && replica !== undefined) return [master, replica];
      throw new Error(`slot ${slot} has no pair of servers`);
    },
    async shutReplicaOut(master) {
      const node = nodes[servers.indexOf(master)];
      // Existing connections stay authenticated; new ones need the password.
      await node?.config('SET', 'requirepass', 'unknown to clients');
      await node?.call('CLIENT', 'KILL', 'TYPE', 'replica');
    },
    promoted: (replica) => comesTrue(() => isMaster(nodes[servers.indexOf(replica)])),
    async promote(replica) {
      const node = nodes[servers.indexOf(replica)];
      // Masters vote rarely: soon after another failover it may take a second try.
      let tries = 0;
      await comesTrue(async () => {
        if (await isMaster(node)) return true;
        if (tries++ % 50 === 0) await call(node, 'FAILOVER');
        return false;
      });
    },
    settled,
    async destroy() {
      for (const node of nodes) node.disconnect();
      await Promise.all(servers.map((server) => server.destroy()));
    },
  };
  await settled().catch(async (reason) => {
    await cluster.destroy();
    throw reason;
  });
  return cluster;
}

async function isMaster(node: Redis | undefined): Promise<boolean> {
  return (await node?.info('replication'))?.includes('role:master') ?? false;
}

async function call<T>(
  node: Redis | undefined,
  command: string,
  ...args: readonly (string | number | undefined)[]
): Promise<T> {
  return (await node?.call('CLUSTER', command, ...args.map(String))) as T;
}

type Address = readonly [host: string, port: number, id: string];

/** Ranges of slots according to the node, each with its master and then its replicas. */
function slotsOf(node: Redis | undefined) {
  return call<readonly [number, number, ...Address[]][]>(node, 'SLOTS');
}

/** Whether the node knows an owner for every slot, and this many nodes. */
async function knows(node: Redis, size: number): Promise<boolean> {
  const info = await call<string>(node, 'INFO');
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`);
}

/** A node that is loading refuses to tell; it is asked again. */
function comesTrue(holds: () => Promise<boolean>): Promise<void> {
  return until(holds, { failure: 'the cluster did not come together' });
}
