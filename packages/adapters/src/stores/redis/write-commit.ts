import { BatonError, type Commit, type CommitResult } from '@baton/core';
import type { Connection } from './connection.ts';
import { toBatonError } from './errors.ts';
import type { Keys } from './keys.ts';
import { toReply } from './numbered-records.ts';
import type { Answer, Call } from './run-replicated.ts';
import { commitArguments } from './script-arguments.ts';
import { SCRIPTS } from './scripts.ts';
import { monthsOf } from './usage.ts';
import { toSnapshot } from './workflow-record.ts';

/** A commit as a script call. */
function commitCall(keys: Keys, commit: Commit): Call {
  const { id, projectId } = commit.snapshot;
  const shared = [keys.workflow(id), keys.indexOf(id)];
  const counts = commit.stats !== undefined || commit.usage !== undefined;
  const months = monthsOf((commit.usage ?? []).map(({ day }) => day)).map((month) =>
    keys.usageOf(id, projectId, month),
  );
  return {
    script: SCRIPTS.commit,
    keys: counts ? [...shared, keys.statsOf(id, projectId), ...months] : shared,
    args: commitArguments(commit),
  };
}

/** Writes a batch and returns the results in order. Never rejects. */
export async function writeCommits(
  connection: Connection,
  keys: Keys,
  batch: readonly Commit[],
): Promise<readonly CommitResult[]> {
  const answers = await connection.runAll(batch.map((commit) => commitCall(keys, commit)));
  return batch.map((commit, i) => {
    try {
      return toResult(commit, keys, answers[i]);
    } catch (reason) {
      const what = `the commit of workflow ${commit.snapshot.id}`;
      return { kind: 'failed', error: toBatonError(reason, what) };
    }
  });
}

function toResult(
  { snapshot, reply }: Commit,
  keys: Keys,
  answer: PromiseSettledResult<Answer> | undefined,
): CommitResult {
  if (answer?.status !== 'fulfilled') throw answer?.reason;
  const [kind, ...found] = answer.value;
  const key = keys.workflow(snapshot.id);
  switch (kind) {
    case 'committed':
      return { kind };
    case 'duplicate': {
      const stored = toReply(found[0] ?? '', key, reply?.requestId ?? '');
      if (stored !== undefined) return { kind, reply: stored };
      break;
    }
    case 'conflict':
      return { kind, snapshot: found.length === 0 ? undefined : toSnapshot(key, found) };
  }
  throw new BatonError('internal', `the commit's script answered '${kind}'`);
}
