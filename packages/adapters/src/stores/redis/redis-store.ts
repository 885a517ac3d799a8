import { BatonError, type StoreWithDocuments } from '@baton/core';
import { createSkipUnreadable } from '../skip-unreadable.ts';
import { checkServer, watchSettings } from './check-server.ts';
import { type Connection, openConnection } from './connection.ts';
import { createWorkflow } from './create-workflow.ts';
import { createRedisDocuments } from './documents.ts';
import { toBatonError } from './errors.ts';
import { createKeys, type Keys, timeText } from './keys.ts';
import { readClaimable, readOverdue, readQueues } from './list.ts';
import { readNames, readWorkflows } from './list-by-creation.ts';
import { readProjects } from './list-projects.ts';
import {
  readEvents,
  readHandoffs,
  readNow,
  readReplies,
  readSequences,
  readStats,
  readWorkflow,
} from './read.ts';
import {
  type RedisStoreOptions,
  type ResolvedRedisOptions,
  resolveRedisOptions,
} from './redis-store-options.ts';
import { startRetention } from './retention.ts';
import { createArguments, restoreArguments } from './script-arguments.ts';
import { SCRIPTS } from './scripts.ts';
import { upgradeIndex } from './upgrade-index.ts';
import { readUsage } from './usage.ts';
import { writeCommits } from './write-commit.ts';

/*
 * Invariants
 * 1. A commit is one script in one slot. It checks everything before its first write, so it writes all or
 *    nothing.
 * 2. The store answers after the server has. The server's settings decide what an acknowledged commit
 *    survives; the store reports settings that could lose commits once, when it is opened.
 * 3. A script may run twice when its reply was lost: it recognizes its own commit and returns `committed`.
 */

/**
 * A store in Redis: one server, Sentinel or Cluster.
 *
 * @throws BatonError `invalid_input` for a server that evicts, a database of another layout or number of
 *   shards, or without the driver; `data_loss` for keys that are not Baton's; `unavailable`.
 * @example
 * import { createRedisStore } from '@baton/adapters/redis';
 * const store = await createRedisStore({ connection: 'redis://127.0.0.1:6379' });
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<StoreWithDocuments> {
  const resolved = resolveRedisOptions(options);
  const skipUnreadable = createSkipUnreadable(resolved.warn);
  const connection = await openConnection(resolved).catch((reason: unknown) => {
    throw toBatonError(reason, 'the Redis store');
  });
  let closed = false;

  /** Converts all errors to BatonErrors. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new BatonError('unavailable', 'the Redis store is closed');
    try {
      return await work();
    } catch (reason) {
      throw await connection.explain(toBatonError(reason, 'the Redis store'));
    }
  }

  const { keys, told } = await guarded(() => prepareKeys(connection, resolved)).catch(
    async (reason: unknown) => {
      await connection.close();
      throw reason;
    },
  );
  const settings = watchSettings(connection.client, told, resolved);
  const retention =
    resolved.retention && startRetention(connection, keys, resolved.retention, resolved);

  return {
    // Waiting for replicas is grouped by batch; without replicas, a commit only waits for its own answer.
    capabilities: { durable: true, groupCommit: resolved.replicas !== undefined },
    documents: createRedisDocuments(connection, keys, guarded),

    create: (commit) =>
      guarded(() => {
        const { snapshot, reply } = commit;
        const create = createArguments(commit);
        return createWorkflow(connection, keys, { snapshot, create, requestId: reply?.requestId });
      }),

    restore: (record) =>
      guarded(() => {
        const create = restoreArguments(record);
        return createWorkflow(connection, keys, { snapshot: record.snapshot, create });
      }),

    commit: (batch) => guarded(() => writeCommits(connection, keys, batch)),

    load: (workflowId, requestId) =>
      guarded(() => readWorkflow(connection, keys, workflowId, requestId)),

    renewClaim: ({ workflowId, token, expiresAt }) =>
      guarded(async () => {
        const [kind] = await connection.run({
          script: SCRIPTS.renewClaim,
          keys: [keys.workflow(workflowId), keys.indexOf(workflowId)],
          args: [workflowId, token, timeText(expiresAt)],
        });
        return kind === 'renewed';
      }),

    listClaimable: (query) => guarded(() => readClaimable(connection, keys, query, skipUnreadable)),
    readQueues: (query) => guarded(() => readQueues(connection, keys, query)),
    listOverdue: (query) => guarded(() => readOverdue(connection, keys, query, skipUnreadable)),
    listWorkflows: (query) => guarded(() => readWorkflows(connection, keys, query, skipUnreadable)),
    listNames: (query) => guarded(() => readNames(connection, keys, query, skipUnreadable)),
    readHandoffs: (query) => guarded(() => readHandoffs(connection, keys, query)),
    readEvents: (query) => guarded(() => readEvents(connection, keys, query)),
    readReplies: (query) => guarded(() => readReplies(connection, keys, query)),
    readSequences: (ids) => guarded(() => readSequences(connection, keys, ids)),
    readStats: (projectId) => guarded(() => readStats(connection, keys, projectId)),

    listProjects: (query) => guarded(() => readProjects(connection, keys, query)),

    readUsage: (query) => guarded(() => readUsage(connection, keys, query)),

    now: () => guarded(() => readNow(connection, keys)),

    takeLease: ({ name, holder, forMs }) =>
      guarded(async () => {
        const args = [holder, String(forMs)];
        const call = { script: SCRIPTS.takeLease, keys: [keys.lease(name)], args };
        const [kind] = await connection.run(call);
        return kind === 'taken';
      }),

    takePermits: ({ permits, holder, insteadOf = '', now, expiresAt }) =>
      guarded(async () => {
        const most = permits.map(({ max }) => max);
        const [, ...full] = await connection.run({
          script: SCRIPTS.takePermits,
          keys: permits.map(({ name }) => keys.permit(name)),
          args: [holder, insteadOf, ...[now, expiresAt, ...most].map(String)],
        });
        return full.map((number) => permits[Number(number) - 1]?.name ?? '');
      }),

    returnPermits: (holder, names) =>
      guarded(async () => {
        const permits = names.map((name) => keys.permit(name));
        await connection.run({ script: SCRIPTS.returnPermits, keys: permits, args: [holder] });
      }),

    async close() {
      closed = true;
      settings.stop();
      await retention?.stop();
      await connection.close();
    },
  };
}

async function prepareKeys(
  connection: Connection,
  resolved: ResolvedRedisOptions,
): Promise<{ readonly keys: Keys; readonly told: ReadonlySet<string> }> {
  const { shards, told } = await checkServer(connection.client, resolved);
  const keys = createKeys(resolved.prefix, shards);
  // Any read shows whether scripts may run, and whether as many replicas answer as commits wait for.
  await readWorkflow(connection, keys, '');
  await upgradeIndex(connection, keys);
  return { keys, told };
}
