import {
  BatonError,
  type Commit,
  type CommitResult,
  type CreateResult,
  type WorkflowSnapshot,
} from '@baton/core';
import { toReply } from '../relational/record-row.ts';
import { type Row, toSnapshot } from '../relational/workflow-row.ts';
import { COMMIT_COLUMNS, CREATE_COLUMNS, USAGE_COLUMNS } from './columns.ts';
import { isOwnFault, toBatonError } from './errors.ts';
import { arrays, type Records, toCommitRecords, toCreateRecords, toParameters } from './records.ts';
import type { RunStatement } from './run-statement.ts';
import type { Statements } from './statements.ts';

interface Writing {
  readonly commit: Commit;
  readonly records: Records;
}

/** Writes a batch and returns a result for each commit. */
export async function writeBatch(
  run: RunStatement,
  statements: Statements,
  batch: readonly Commit[],
): Promise<readonly CommitResult[]> {
  const results: (CommitResult | undefined)[] = batch.map(() => undefined);
  const writing = batch.flatMap((commit, i): (Writing & { i: number })[] => {
    try {
      return [{ commit, i, records: toCommitRecords(commit) }];
    } catch (reason) {
      results[i] = failed(commit, reason);
      return [];
    }
  });
  const written = await writeTogether(run, statements, writing);
  writing.forEach(({ i }, at) => {
    results[i] = written[at];
  });
  return results as CommitResult[];
}

async function writeTogether(
  run: RunStatement,
  statements: Statements,
  writing: readonly Writing[],
): Promise<readonly CommitResult[]> {
  try {
    return await write(run, statements, writing);
  } catch (reason) {
    if (!isOwnFault(reason)) throw reason;
  }
  const results: CommitResult[] = [];
  for (const one of writing) {
    try {
      results.push(...(await write(run, statements, [one])));
    } catch (reason) {
      results.push(failed(one.commit, reason));
    }
  }
  return results;
}

async function write(
  run: RunStatement,
  statements: Statements,
  writing: readonly Writing[],
): Promise<readonly CommitResult[]> {
  if (writing.length === 0) return [];
  const records = writing.map((one) => one.records);
  const counts = writing.some(({ commit }) => commit.stats !== undefined);
  const used = records.flatMap(({ usage }) => usage);
  const values = toParameters(COMMIT_COLUMNS, records);
  const rows =
    used.length === 0
      ? await run(counts ? statements.commitCounted : statements.commit, values)
      : await run(counts ? statements.commitCountedUsed : statements.commitUsed, [
          ...values,
          ...arrays(USAGE_COLUMNS, used),
        ]);
  const written = new Set(rows.map((row) => row['id']));
  const refused = writing.filter(({ commit }) => !written.has(commit.snapshot.id));
  const reasons = refused.length === 0 ? new Map() : await explain(run, statements, refused);
  return writing.map(
    ({ commit }): CommitResult => reasons.get(commit.snapshot.id) ?? { kind: 'committed' },
  );
}

/**
 * Finds out why commits were not written, by workflow. The other commits of the batch are written; it throws
 * nothing.
 */
async function explain(
  run: RunStatement,
  statements: Statements,
  refused: readonly Writing[],
): Promise<ReadonlyMap<string, CommitResult>> {
  const ids = refused.map(({ commit }) => commit.snapshot.id);
  const requests = refused.map(({ commit }) => commit.reply?.requestId ?? null);
  let current: ReadonlyMap<unknown, Row>;
  try {
    const rows = await run(statements.selectCurrent, [ids, requests]);
    current = new Map(rows.map((row) => [row['id'], row]));
  } catch (reason) {
    return new Map(refused.map(({ commit }) => [commit.snapshot.id, failed(commit, reason)]));
  }
  return new Map(
    refused.map(({ commit }) => {
      const { id } = commit.snapshot;
      return [id, refusal(commit, current.get(id))];
    }),
  );
}

function refusal(commit: Commit, row: Row | undefined): CommitResult {
  if (row === undefined) return { kind: 'conflict', snapshot: undefined };
  try {
    if (row['request_id'] !== null) {
      return { kind: 'duplicate', reply: toReply(row, commit.snapshot.id) };
    }
    return { kind: 'conflict', snapshot: toSnapshot(row) };
  } catch (reason) {
    return failed(commit, reason);
  }
}

/** Writes a new workflow, or returns the existing one that has its id or build id. */
export async function writeNew(
  run: RunStatement,
  statements: Statements,
  commit: Commit,
): Promise<CreateResult> {
  const records = toCreateRecords(commit);
  const created = await run(statements.create, [
    ...toParameters(CREATE_COLUMNS, [records]),
    ...arrays(USAGE_COLUMNS, records.usage),
  ]);
  if (created.length === 1) return { kind: 'created' };
  return findTaken(run, statements, commit.snapshot, commit.reply?.requestId);
}

/** The workflow that has the id or the build id of a new one. */
export async function findTaken(
  run: RunStatement,
  statements: Statements,
  { id, projectId, buildId }: WorkflowSnapshot,
  requestId: string | undefined,
): Promise<CreateResult> {
  const wanted = [id, projectId, buildId, requestId ?? null];
  const [row] = await run(statements.selectTaken, wanted);
  if (row === undefined) {
    throw new BatonError('unavailable', `workflow ${id} was taken and is gone: try again`);
  }
  const snapshot = toSnapshot(row);
  const reply = row['request_id'] === null ? undefined : toReply(row, snapshot.id);
  return { kind: 'exists', snapshot, reply };
}

function failed({ snapshot }: Commit, reason: unknown): CommitResult {
  return { kind: 'failed', error: toBatonError(reason, `the commit of workflow ${snapshot.id}`) };
}
