import type {
  Commit,
  CommitResult,
  CreateResult,
  StoreWithDocuments,
  WorkflowRecord,
  WorkflowSnapshot,
} from '@baton/core';
import { toReply } from '../relational/record-row.ts';
import { type Row, toSnapshot } from '../relational/workflow-row.ts';
import { createSkipUnreadable } from '../skip-unreadable.ts';
import { createSqliteDocuments } from './documents.ts';
import { isOwnFault, openDatabase, toBatonError, whenFree } from './open-database.ts';
import { takePermits } from './permits.ts';
import {
  readClaimable,
  readEvents,
  readHandoffs,
  readNames,
  readOverdue,
  readProjects,
  readQueues,
  readReplies,
  readSequences,
  readStats,
  readUsage,
  readWorkflows,
} from './read.ts';
import { resolveSqliteOptions, type SqliteStoreOptions } from './sqlite-store-options.ts';
import { prepareStatements } from './statements.ts';
import { readReply, writeCommit, writeNew, writeRestored } from './write-commit.ts';

/*
 * Invariants
 * 1. A batch is one IMMEDIATE transaction: one fsync for all its commits.
 * 2. A commit that is refused because of its own values does not affect the others: only then, the batch is
 *    repeated one commit at a time.
 * 3. The store answers after COMMIT with synchronous=FULL: an acknowledged commit survives a crash.
 * 4. Waiting for a lock never blocks inside SQLite: other work of the process continues.
 */

/**
 * A store in one SQLite file, which several processes may share.
 *
 * @throws BatonError `invalid_input` for the file of another program or of a newer version; `data_loss` for
 *   one that is no database; `unavailable`.
 * @example
 * import { createSqliteStore } from '@baton/adapters/sqlite';
 * const store = await createSqliteStore({ path: 'baton.db' });
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<StoreWithDocuments> {
  const resolved = resolveSqliteOptions(options);
  const skipUnreadable = createSkipUnreadable(resolved.warn);
  const database = await openDatabase(resolved);
  const statements = prepareStatements(database);

  /** Converts all errors to BatonErrors. */
  async function guarded<T>(work: () => T): Promise<T> {
    try {
      return await whenFree(work, resolved.busyTimeoutMs);
    } catch (reason) {
      throw toBatonError(reason, `the database ${resolved.path}`);
    }
  }

  function inTransaction<T>(work: () => T): T {
    statements.begin.run();
    try {
      const result = work();
      statements.commit.run();
      return result;
    } catch (reason) {
      if (database.isTransaction) statements.rollback.run();
      throw reason;
    }
  }

  /** Undefined when a commit is refused because of its own values; nothing is written then. */
  function commitTogether(batch: readonly Commit[]): CommitResult[] | undefined {
    try {
      return inTransaction(() => batch.map((commit) => writeCommit(statements, commit)));
    } catch (reason) {
      if (isOwnFault(reason)) return undefined;
      throw reason;
    }
  }

  async function commitAlone(commit: Commit): Promise<CommitResult> {
    try {
      const write = () => inTransaction(() => writeCommit(statements, commit));
      return await whenFree(write, resolved.busyTimeoutMs);
    } catch (reason) {
      const what = `the commit of workflow ${commit.snapshot.id}`;
      return { kind: 'failed', error: toBatonError(reason, what) };
    }
  }

  function takenBy({ id, projectId, buildId }: WorkflowSnapshot): WorkflowSnapshot | undefined {
    const row = (statements.selectWorkflow.get(id) ??
      statements.selectBuild.get(projectId, buildId)) as Row | undefined;
    return row && toSnapshot(row);
  }

  function create(commit: Commit): CreateResult {
    const { snapshot, reply } = commit;
    const found = takenBy(snapshot);
    if (found === undefined) {
      writeNew(statements, commit);
      return { kind: 'created' };
    }
    const replied =
      reply === undefined ? undefined : readReply(statements, found.id, reply.requestId);
    return { kind: 'exists', snapshot: found, reply: replied };
  }

  function restore(record: WorkflowRecord): CreateResult {
    const found = takenBy(record.snapshot);
    if (found !== undefined) return { kind: 'exists', snapshot: found, reply: undefined };
    writeRestored(statements, record);
    return { kind: 'created' };
  }

  return {
    capabilities: { durable: resolved.path !== ':memory:', groupCommit: true },
    documents: createSqliteDocuments(database, guarded),

    create: (commit) => guarded(() => inTransaction(() => create(commit))),

    restore: (record) => guarded(() => inTransaction(() => restore(record))),

    async commit(batch) {
      const together = await guarded(() => commitTogether(batch));
      if (together !== undefined) return together;
      const results: CommitResult[] = [];
      for (const commit of batch) results.push(await commitAlone(commit));
      return results;
    },

    load: (workflowId, requestId) =>
      guarded(() => {
        // One statement: in between, another process could commit or restore a backup. A snapshot that has
        // a request without its reply would lead to refusing a request that succeeded.
        const row = statements.selectReplied.get(requestId ?? null, workflowId) as Row | undefined;
        if (row === undefined) return undefined;
        const reply = row['request_id'] === null ? undefined : toReply(row, workflowId);
        return { snapshot: toSnapshot(row), reply };
      }),

    renewClaim: ({ workflowId, token, expiresAt }) =>
      guarded(() => statements.renewClaim.run(expiresAt, workflowId, token).changes === 1),

    listClaimable: (query) => guarded(() => readClaimable(statements, query, skipUnreadable)),
    readQueues: (query) => guarded(() => readQueues(statements, query)),
    listOverdue: (query) => guarded(() => readOverdue(statements, query, skipUnreadable)),
    listWorkflows: (query) => guarded(() => readWorkflows(database, query, skipUnreadable)),
    listNames: (query) => guarded(() => readNames(database, query)),
    readHandoffs: (query) => guarded(() => readHandoffs(statements, query)),
    readEvents: (query) => guarded(() => readEvents(statements, query)),
    readReplies: (query) => guarded(() => readReplies(statements, query)),
    readSequences: (workflowIds) => guarded(() => readSequences(statements, workflowIds)),
    readStats: (projectId) => guarded(() => readStats(statements, projectId)),

    listProjects: (query) => guarded(() => readProjects(statements, query)),

    readUsage: (query) => guarded(() => readUsage(statements, query)),

    takeLease: ({ name, holder, forMs }) =>
      guarded(() => {
        const now = Date.now();
        return statements.takeLease.run(name, holder, now + forMs, now).changes === 1;
      }),

    takePermits: (request) => guarded(() => inTransaction(() => takePermits(statements, request))),
    returnPermits: (holder, names) =>
      guarded(() =>
        inTransaction(() => {
          for (const name of names) statements.returnPermit.run(name, holder);
        }),
      ),

    close: () =>
      guarded(() => {
        if (database.isOpen) database.close();
      }),
  };
}
