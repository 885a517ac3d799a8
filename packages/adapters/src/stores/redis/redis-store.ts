import { BatonError, type WorkflowStore } from '@baton/core';
import { createSkipUnreadable } from '../skip-unreadable.ts';
import { checkServer } from './check-server.ts';
import { type Connection, openConnection } from './connection.ts';
import { createWorkflow } from './create-workflow.ts';
import { toBatonError } from './errors.ts';
import { timeText } from './index-places.ts';
import { createKeys, type Keys } from './keys.ts';
import { readClaimable, readOverdue, readWorkflows } from './list.ts';
import { listDeadlines } from './list-deadlines.ts';
import { readEvents, readHandoffs, readNow, readReplies, readStats, readWorkflow } from './read.ts';
import { type RedisStoreOptions, resolveRedisOptions } from './redis-store-options.ts';
import { type RunningRetention, startRetention } from './retention.ts';
import { createArguments, restoreArguments } from './script-arguments.ts';
import { SCRIPTS } from './scripts.ts';
import { type WatchedSettings, watchSettings } from './watch-settings.ts';
import { writeCommits } from './write-commit.ts';

/*
 * Invariants
 * 1. A commit is one script in one slot. It checks everything before its first write, so it writes all or
 *    nothing.
 * 2. The store answers after the server has. The server's settings decide what an acknowledged commit
 *    survives; the store reports settings that could lose commits once, on first use.
 * 3. A script may run twice when its reply was lost: it recognizes its own commit and returns `committed`.
 */

/**
 * A store in Redis: one server, Sentinel or Cluster.
 *
 * @throws BatonError `invalid_input` for options out of range.
 * @example
 * import { createRedisStore } from '@baton/adapters/redis';
 * const store = createRedisStore({ connection: 'redis://127.0.0.1:6379' });
 */
export function createRedisStore(options: RedisStoreOptions): WorkflowStore {
  const resolved = resolveRedisOptions(options);
  const skipUnreadable = createSkipUnreadable(resolved.warn);
  let opening: Promise<readonly [Connection, Keys]> | undefined;
  let closed = false;
  let retention: RunningRetention | undefined;
  let settings: WatchedSettings | undefined;

  async function open(): Promise<readonly [Connection, Keys]> {
    const connection = await openConnection(resolved);
    try {
      const { shards, told } = await checkServer(connection.client, resolved);
      const keys = createKeys(resolved.prefix, shards);
      await listDeadlines(connection, keys);
      if (!closed) settings = watchSettings(connection.client, told, resolved);
      if (resolved.retention !== undefined && !closed) {
        retention = startRetention(connection, keys, resolved.retention, resolved);
      }
      return [connection, keys];
    } catch (reason) {
      const error = await connection.explain(toBatonError(reason, 'the Redis store'));
      await connection.close();
      throw error;
    }
  }

  /** Converts all errors to BatonErrors. */
  async function use<T>(work: (connection: Connection, keys: Keys) => Promise<T>): Promise<T> {
    if (closed) throw new BatonError('unavailable', 'the Redis store is closed');
    opening ??= open();
    const [connection, keys] = await opening.catch((reason) => {
      // The next call tries again.
      opening = undefined;
      throw toBatonError(reason, 'the Redis store');
    });
    try {
      return await work(connection, keys);
    } catch (reason) {
      throw await connection.explain(toBatonError(reason, 'the Redis store'));
    }
  }

  return {
    // Waiting for replicas is grouped by batch; without replicas, a commit only waits for its own answer.
    capabilities: { durable: true, groupCommit: resolved.replicas !== undefined },

    create: (commit) =>
      use((connection, keys) => {
        const { snapshot, reply } = commit;
        const create = createArguments(commit);
        return createWorkflow(connection, keys, { snapshot, create, requestId: reply?.requestId });
      }),

    restore: (record) =>
      use((connection, keys) => {
        const create = restoreArguments(record);
        return createWorkflow(connection, keys, { snapshot: record.snapshot, create });
      }),

    commit: (batch) => use((connection, keys) => writeCommits(connection, keys, batch)),

    load: (workflowId, requestId) =>
      use((connection, keys) => readWorkflow(connection, keys, workflowId, requestId)),

    renewClaim: ({ workflowId, token, expiresAt }) =>
      use(async (connection, keys) => {
        const [kind] = await connection.run({
          script: SCRIPTS.renewClaim,
          keys: [keys.workflow(workflowId), keys.indexOf(workflowId)],
          args: [workflowId, token, timeText(expiresAt)],
        });
        return kind === 'renewed';
      }),

    listClaimable: (query) =>
      use((connection, keys) => readClaimable(connection, keys, query, skipUnreadable)),
    listOverdue: (query) =>
      use((connection, keys) => readOverdue(connection, keys, query, skipUnreadable)),
    listWorkflows: (query) => use((connection, keys) => readWorkflows(connection, keys, query)),
    readHandoffs: (query) => use((connection, keys) => readHandoffs(connection, keys, query)),
    readEvents: (query) => use((connection, keys) => readEvents(connection, keys, query)),
    readReplies: (query) => use((connection, keys) => readReplies(connection, keys, query)),
    readStats: (projectId) => use((connection, keys) => readStats(connection, keys, projectId)),

    now: () => use(readNow),

    takeLease: ({ name, holder, forMs }) =>
      use(async (connection, keys) => {
        const args = [holder, String(forMs)];
        const call = { script: SCRIPTS.takeLease, keys: [keys.lease(name)], args };
        const [kind] = await connection.run(call);
        return kind === 'taken';
      }),

    async close() {
      closed = true;
      const [connection] = (await opening?.catch(() => undefined)) ?? [];
      settings?.stop();
      await retention?.stop();
      await connection?.close();
    },
  };
}
