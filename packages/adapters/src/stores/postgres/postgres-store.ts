import { BatonError, type StoreWithDocuments } from '@baton/core';
import { createSkipUnreadable } from '../skip-unreadable.ts';
import { tableNames } from './columns.ts';
import { createPostgresDocuments } from './documents.ts';
import { toBatonError } from './errors.ts';
import { isOutdated, migrate, outdated, readVersion } from './migrate.ts';
import { takePermits } from './permits.ts';
import { findPooling, openPool, type Pooling, type PostgresPool } from './pool.ts';
import {
  type PostgresStoreOptions,
  type ResolvedPostgresOptions,
  resolvePostgresOptions,
} from './postgres-store-options.ts';
import {
  readClaimable,
  readEvents,
  readHandoffs,
  readNames,
  readNow,
  readOverdue,
  readProjects,
  readQueues,
  readReplies,
  readSequences,
  readStats,
  readUsage,
  readWorkflow,
  readWorkflows,
} from './read.ts';
import { createRunStatement } from './run-statement.ts';
import { createStatements } from './statements.ts';
import { writeBatch, writeNew } from './write-commit.ts';
import { writeRestored } from './write-restored.ts';

/*
 * Invariants
 * 1. A batch is one statement, and so one transaction: one round trip, one fsync.
 * 2. A commit that is refused because of its own values does not affect the others: only then, the batch is
 *    repeated one commit at a time.
 * 3. A failed query closes its connection; the pool opens another when it needs one.
 */

/** The server parses the next batch while one waits for the disk. */
const PARALLEL_BATCHES = 2;

/**
 * A store in a PostgreSQL database (14 or newer), which many processes may share.
 *
 * @throws BatonError `unavailable`; `invalid_input` for options out of range, for tables of another version
 * that it may not migrate, for a database that is not in UTF-8, and when the driver is not installed.
 * @example
 * import { createPostgresStore } from '@baton/adapters/postgres';
 * const store = await createPostgresStore({ connection: 'postgres://localhost/baton' });
 */
export async function createPostgresStore(
  options: PostgresStoreOptions,
): Promise<StoreWithDocuments> {
  const resolved = resolvePostgresOptions(options);
  const { connection, schema, queryTimeoutMs } = resolved;
  const isOwn = typeof connection === 'string';
  const opened = isOwn
    ? await openPool(connection, resolved).catch((reason: unknown) => {
        throw toBatonError(reason, 'the PostgreSQL database');
      })
    : { pool: connection, pooling: await poolingOf(connection) };
  const { pool } = opened;
  // An idle connection that breaks must not end the process.
  const ignore = (): void => {};
  pool.on('error', ignore);
  let closed = false;

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    // Connections may still break after `end`, until they are closed.
    if (isOwn) await pool.end();
    else pool.off('error', ignore);
  }

  /** Converts all errors to BatonErrors. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new BatonError('unavailable', 'the PostgreSQL store is closed');
    try {
      return await work();
    } catch (reason) {
      throw toBatonError(reason, 'the PostgreSQL database');
    }
  }

  try {
    await guarded(async () => {
      if (opened.pooling === 'transaction') await checkSharedSettings(pool, resolved.warn);
      await prepareTables(pool, resolved);
    });
  } catch (reason) {
    await close();
    throw reason;
  }
  const skipUnreadable = createSkipUnreadable(resolved.warn);
  const run = createRunStatement(opened, queryTimeoutMs);
  const statements = createStatements(schema);
  const workflows = tableNames(schema)('build_workflows');

  return {
    capabilities: { durable: true, groupCommit: true, parallelBatches: PARALLEL_BATCHES },
    documents: createPostgresDocuments(run, statements, guarded),
    create: (commit) => guarded(() => writeNew(run, statements, commit)),
    restore: (record) => guarded(() => writeRestored(run, statements, record)),
    commit: (batch) => guarded(() => writeBatch(run, statements, batch)),
    load: (workflowId, requestId) =>
      guarded(() => readWorkflow(run, statements, workflowId, requestId)),
    renewClaim: ({ workflowId, token, expiresAt }) =>
      guarded(
        async () => (await run(statements.renewClaim, [expiresAt, workflowId, token])).length === 1,
      ),
    listClaimable: (query) => guarded(() => readClaimable(run, statements, query, skipUnreadable)),
    readQueues: (query) => guarded(() => readQueues(run, statements, query)),
    listOverdue: (query) => guarded(() => readOverdue(run, statements, query, skipUnreadable)),
    listWorkflows: (query) => guarded(() => readWorkflows(run, workflows, query, skipUnreadable)),
    listNames: (query) => guarded(() => readNames(run, workflows, query)),
    readHandoffs: (query) => guarded(() => readHandoffs(run, statements, query)),
    readEvents: (query) => guarded(() => readEvents(run, statements, query)),
    readReplies: (query) => guarded(() => readReplies(run, statements, query)),
    readSequences: (workflowIds) => guarded(() => readSequences(run, statements, workflowIds)),
    readStats: (projectId) => guarded(() => readStats(run, statements, projectId)),
    listProjects: (query) => guarded(() => readProjects(run, statements, query)),
    readUsage: (query) => guarded(() => readUsage(run, statements, query)),
    now: () => guarded(() => readNow(run, statements)),
    takeLease: ({ name, holder, forMs }) =>
      guarded(async () => (await run(statements.takeLease, [name, holder, forMs])).length === 1),
    takePermits: (request) => guarded(() => takePermits(run, statements, request)),
    returnPermits: (holder, names) =>
      guarded(async () => void (await run(statements.returnPermits, [holder, names]))),
    close: () => close(),
  };
}

async function poolingOf(pool: PostgresPool): Promise<Pooling> {
  try {
    return await findPooling(pool);
  } catch (reason) {
    throw toBatonError(reason, 'the PostgreSQL database');
  }
}

async function prepareTables(
  pool: PostgresPool,
  { schema, autoMigrate, warn }: ResolvedPostgresOptions,
): Promise<void> {
  const version = await readVersion(pool, schema);
  if (!isOutdated(version)) return;
  if (autoMigrate) {
    await migrate(pool, { schema, warn });
    return;
  }
  throw outdated(version);
}

/**
 * Checks settings that the store cannot set itself behind a pooler that shares connections.
 *
 * @throws BatonError `invalid_input` for defaults that could lose or mix up commits.
 */
async function checkSharedSettings(
  pool: PostgresPool,
  warn: (line: string) => void,
): Promise<void> {
  const { rows } = await pool.query({
    text: `SELECT current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('default_transaction_isolation') AS default_transaction_isolation`,
  });
  const { synchronous_commit: durability, default_transaction_isolation: isolation } =
    rows[0] ?? {};
  refuse('synchronous_commit', durability, durability !== 'off', 'on');
  refuse(
    'default_transaction_isolation',
    isolation,
    isolation === 'read committed',
    'read committed',
  );
  warn(
    "the pooler before PostgreSQL shares connections by transaction: statements are prepared anew each time, hints between processes are not heard, so that work is found by polling, and the server ends no statement that takes too long (ALTER ROLE … SET statement_timeout); a pooler of sessions ('pool_mode = session'), or none, is faster",
  );
}

function refuse(name: string, found: unknown, isRight: boolean, expected: string): void {
  if (isRight) return;
  throw new BatonError(
    'invalid_input',
    `${name}: found '${found}', expected '${expected}': a pooler that shares connections by transaction keeps no setting of Baton's; ALTER ROLE … SET ${name} = '${expected}', or use a pooler of sessions`,
  );
}
