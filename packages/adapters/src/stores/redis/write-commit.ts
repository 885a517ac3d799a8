import { randomBytes } from 'node:crypto';
import { BatonError, type Commit, type CommitResult } from '@baton/core';
import type { Answer, Call, Connection } from './connection.ts';
import { toBatonError } from './errors.ts';
import { timeText } from './index-places.ts';
import type { Keys } from './keys.ts';
import {
  eventField,
  eventText,
  handoffField,
  handoffText,
  replyField,
  replyText,
  toReply,
} from './numbered-records.ts';
import { SCRIPTS } from './scripts.ts';
import { changingFields, fixedFields, toSnapshot } from './workflow-record.ts';

/** Ids of commits, by which one whose reply was lost is known again: random, then counted. */
const origin = randomBytes(8).toString('hex');
let commits = 0;

/** One commit as a script call. */
function commitCall(keys: Keys, commit: Commit): Call {
  const { id, projectId } = commit.snapshot;
  const shared = [keys.workflow(id), keys.indexOf(id)];
  return {
    script: SCRIPTS.commit,
    keys: commit.stats === undefined ? shared : [...shared, keys.statsOf(id, projectId)],
    args: writeArguments(commit, changingFields(commit.snapshot)),
  };
}

/** What creates a workflow: as text, it can be kept and carried out by somebody else. */
export function createArguments(commit: Commit): string[] {
  return writeArguments(commit, [
    ...fixedFields(commit.snapshot),
    ...changingFields(commit.snapshot),
  ]);
}

/** Writes a batch; how each commit ended, in its order. Never rejects. */
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

/** ARGV as the scripts in `lua/write.ts` expect it. */
function writeArguments(commit: Commit, fields: readonly string[]): string[] {
  const { snapshot, events, handoffs, reply, claimExpiredBy, stats } = commit;
  const { id, projectId, createdAt, revision, claim } = snapshot;
  const commitId = `${origin}${(commits++).toString(36)}`;
  const written = [...fields];
  for (const event of events) {
    written.push(eventField(event.sequence), eventText(event, commitId));
  }
  for (const handoff of handoffs) {
    written.push(handoffField(handoff.number), handoffText(handoff));
  }
  if (reply !== undefined) written.push(replyField(reply.requestId), replyText(reply));
  const withdrawn: string[] = [];
  for (const phase of commit.changedOutputs) {
    const text = outputText(commit, phase);
    if (text === undefined) withdrawn.push(`o:${phase}`);
    else written.push(`o:${phase}`, text);
  }
  return [
    id,
    projectId,
    timeText(createdAt),
    commitId,
    events[0] === undefined ? '' : eventField(events[0].sequence),
    reply === undefined ? '' : replyField(reply.requestId),
    String(revision - 1),
    timeText(claimExpiredBy),
    snapshot.state,
    snapshot.role ?? '',
    timeText(snapshot.notBefore),
    timeText(claim?.expiresAt),
    timeText(snapshot.completedAt),
    String(written.length),
    ...written,
    String(withdrawn.length),
    ...withdrawn,
    ...(stats === undefined ? [] : counterArguments(stats)),
  ];
}

/** Where a handoff of the same commit has the same output, the bytes go there only. */
function outputText({ snapshot, handoffs }: Commit, phase: string): string | undefined {
  const output = snapshot.outputs[phase];
  if (output === undefined) return undefined;
  const passed = handoffs.find(({ data }) => data === output);
  return passed === undefined ? JSON.stringify(output) : handoffField(passed.number);
}

function counterArguments({ failurePoint, ...counts }: NonNullable<Commit['stats']>): string[] {
  const changed = Object.entries(counts).filter(([, count]) => count !== 0);
  const found = changed.flatMap(([name, count]) => [name, String(count)]);
  return failurePoint === undefined ? found : [...found, `failures:${failurePoint}`, '1'];
}
