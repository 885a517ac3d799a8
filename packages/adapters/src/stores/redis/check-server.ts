import { BatonError } from '@baton/core';
import type { Cluster, Redis } from 'ioredis';
import { unreadable } from './errors.ts';
import { metaKey } from './keys.ts';
import type { ResolvedRedisOptions } from './redis-store-options.ts';
import { AWAITING_LISTED, DEADLINES_LISTED } from './upgrade-index.ts';

const DEFAULT_SHARDS = 64;

type Meta = readonly [layout: string | null, shards: string | null];

/** Version of the data layout. A database with another one is refused. */
const LAYOUT = '1';

export interface CheckedServer {
  readonly shards: number;
  /** Problems of the settings that were already reported. */
  readonly told: ReadonlySet<string>;
}

/**
 * Checks the settings that decide what a commit survives, and the parameters that the database was created
 * with.
 *
 * @throws BatonError `invalid_input` for a server that evicts, and for another number of shards;
 *   `data_loss` for a key that another program has written.
 */
export async function checkServer(
  client: Redis | Cluster,
  { prefix, shards, replicas, warn }: ResolvedRedisOptions,
): Promise<CheckedServer> {
  const meta = metaKey(prefix);
  await checkDatabase(client);
  // A cluster client knows the masters only after a first answer.
  await client.exists(meta);
  const told = await settingsProblems(client, replicas !== undefined);
  for (const line of told) warn(line);

  const [layout, recorded] = await readMeta(client, meta, shards ?? DEFAULT_SHARDS);
  if (layout !== LAYOUT) {
    const message = `the Redis key '${meta}': found layout ${layout}, expected ${LAYOUT}, which this version of Baton knows`;
    throw new BatonError('invalid_input', message);
  }
  if (shards !== undefined && String(shards) !== recorded) {
    const message = `shards: found ${shards}, expected ${recorded}, which this database was made with ('${meta}')`;
    throw new BatonError('invalid_input', message);
  }
  return { shards: Number(recorded), told };
}

/**
 * Describes server settings that could lose data, one line each.
 *
 * @throws BatonError `invalid_input` for a server that evicts keys.
 */
async function settingsProblems(
  client: Redis | Cluster,
  isWaitedFor: boolean,
): Promise<ReadonlySet<string>> {
  const nodes = client.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
  const found = await Promise.all(
    nodes.map(async (node) => [
      ...(await checkSettings(node)),
      ...(isWaitedFor ? [] : await checkReplicas(node)),
    ]),
  );
  return new Set(found.flat());
}

/** ioredis silently uses database 0 when it may not select the requested one. */
async function checkDatabase(client: Redis | Cluster): Promise<void> {
  if (client.isCluster) return;
  const { db = 0 } = (client as Redis).options;
  if (db === 0) return;
  try {
    await (client as Redis).select(db);
  } catch (cause) {
    if ((cause as Error).name !== 'ReplyError') throw cause;
    const message = `Redis database ${db} cannot be used: ${(cause as Error).message}`;
    throw new BatonError('invalid_input', message, { cause });
  }
}

/**
 * Reads the parameters that the database was created with. They are written once, so a read-only database
 * stays readable.
 */
async function readMeta(client: Redis | Cluster, meta: string, shards: number): Promise<Meta> {
  const read = async (): Promise<Meta> => {
    const type = await client.type(meta);
    if (type !== 'hash' && type !== 'none') {
      throw unreadable(meta, `found a value of type ${type}, expected a hash that Baton made`);
    }
    const [layout = null, recorded = null] = await client.hmget(meta, 'layout', 'shards');
    return [layout, recorded];
  };
  const found = await read();
  if (!found.includes(null)) return found;
  const isNew = (await client.hsetnx(meta, 'layout', LAYOUT)) === 1;
  if (isNew) {
    const from = 'from the first';
    await client.hset(meta, DEADLINES_LISTED, from, AWAITING_LISTED, from);
  }
  await client.hsetnx(meta, 'shards', shards);
  return read();
}

/** Describes what a failover of one server could lose, in a line. */
async function checkReplicas(node: Redis): Promise<readonly string[]> {
  // Without the information, the lines about settings are enough.
  const info = await node.info('replication').catch(() => '');
  const count = /^connected_slaves:(\d+)/m.exec(info)?.[1] ?? '0';
  if (count === '0') return [];
  return [
    `Redis has ${count} replicas and commits don't wait for them: a failover loses the acknowledged commits that a replica has not received; set the store's option 'replicas'`,
  ];
}

/** Describes settings of one server that could lose data, one line each. */
async function checkSettings(node: Redis): Promise<readonly string[]> {
  let settings: readonly string[];
  try {
    settings = await Promise.all(
      ['maxmemory-policy', 'appendonly', 'appendfsync'].map(
        async (name) => ((await node.config('GET', name)) as string[])[1] ?? '',
      ),
    );
  } catch (reason) {
    if ((reason as Error).name !== 'ReplyError') throw reason;
    return [
      `Redis does not show its settings (${(reason as Error).message}): whether it keeps every acknowledged commit could not be checked; it needs maxmemory-policy noeviction, appendonly yes and appendfsync always`,
    ];
  }
  const [policy, appendOnly, fsync] = settings;
  if (policy !== 'noeviction') {
    throw new BatonError(
      'invalid_input',
      `Redis would evict workflows: found maxmemory-policy ${policy}, expected noeviction`,
    );
  }
  if (appendOnly !== 'yes') {
    return [
      'Redis keeps no append-only file (appendonly no): a crash loses every commit since its last snapshot',
    ];
  }
  if (fsync === 'always') return [];
  const lost = fsync === 'everysec' ? 'about a second of' : 'what the system had not written of';
  return [
    `Redis does not sync each commit (appendfsync ${fsync}): a crash of its machine loses ${lost} acknowledged commits`,
  ];
}

/** Checks periodically whether the settings of running servers were changed. */
export interface WatchedSettings {
  stop(): void;
}

/**
 * Reports each problem when it appears. The store continues: interrupting the work that is under way would be
 * riskier than waiting for an operator to fix the setting.
 *
 * @param told problems that were reported when the store was opened.
 */
export function watchSettings(
  client: Redis | Cluster,
  told: ReadonlySet<string>,
  { replicas, settingsEveryMs, warn }: ResolvedRedisOptions,
): WatchedSettings {
  let known = told;
  const look = async (): Promise<void> => {
    const found = await problems(client, replicas !== undefined);
    if (found === undefined) return;
    for (const line of found) if (!known.has(line)) warn(line);
    known = found;
  };
  const timer = setInterval(() => void look(), settingsEveryMs).unref();
  return { stop: () => clearInterval(timer) };
}

/** Undefined while no server answers. */
async function problems(
  client: Redis | Cluster,
  isWaitedFor: boolean,
): Promise<ReadonlySet<string> | undefined> {
  try {
    return await settingsProblems(client, isWaitedFor);
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    return code === 'invalid_input' ? new Set([message]) : undefined;
  }
}
