import { randomBytes } from 'node:crypto';
import type { Commit, StatsDelta, WorkflowRecord } from '@baton/core';
import { rankText, timeText } from './keys.ts';
import {
  eventField,
  eventText,
  handoffField,
  handoffText,
  replyField,
  replyText,
} from './numbered-records.ts';
import { usageArguments } from './usage.ts';
import { changingFields, fixedFields } from './workflow-record.ts';

/** ARGV of the writing scripts. It is text, so that it can be stored and run by another process. */

/** Commit ids, a random prefix with a counter. They identify a commit whose reply was lost. */
const origin = randomBytes(8).toString('hex');
let commits = 0;

/** What a script writes. */
interface Writing extends Pick<WorkflowRecord, 'snapshot' | 'handoffs' | 'events' | 'replies'> {
  /** Fields of the workflow, names and values alternating. */
  readonly fields: readonly string[];
  /** Outputs by phase; undefined for withdrawn ones. */
  readonly outputs: readonly (readonly [phase: string, text: string | undefined])[];
  /** The request, which must not have a reply yet. */
  readonly requestId?: string | undefined;
  /** The preceding commit; unused for a new workflow. */
  readonly follows?: Commit['follows'];
  readonly claimExpiredBy?: number | undefined;
  /** What was used, as `usage.ts` has it. */
  readonly usage: readonly string[];
  /** Counters, names and increments alternating. */
  readonly counters: readonly string[];
}

export function commitArguments(commit: Commit): string[] {
  return writeArguments(writing(commit, changingFields(commit.snapshot)));
}

export function createArguments(commit: Commit): string[] {
  const { snapshot } = commit;
  return writeArguments(writing(commit, [...fixedFields(snapshot), ...changingFields(snapshot)]));
}

export function restoreArguments(record: WorkflowRecord): string[] {
  const { snapshot, stats, usage } = record;
  const { failurePoints, ...counts } = stats;
  return writeArguments({
    ...record,
    fields: [...fixedFields(snapshot), ...changingFields(snapshot)],
    outputs: Object.entries(snapshot.outputs).map(([phase, output]) => [
      phase,
      JSON.stringify(output),
    ]),
    counters: counterArguments(counts, failurePoints),
    usage: usageArguments(usage),
  });
}

function writing(commit: Commit, fields: readonly string[]): Writing {
  const { reply, stats, usage = [], changedOutputs } = commit;
  const { failurePoint, ...counts } = stats ?? {};
  return {
    ...commit,
    fields,
    replies: reply === undefined ? [] : [reply],
    outputs: changedOutputs.map((phase) => [phase, outputText(commit, phase)]),
    requestId: reply?.requestId,
    counters: counterArguments(counts, failurePoint === undefined ? {} : { [failurePoint]: 1 }),
    usage: usageArguments(usage),
  };
}

/** The arguments in the order that the scripts in `lua/write.ts` expect. */
function writeArguments(writing: Writing): string[] {
  const { snapshot, follows, events, handoffs, replies, outputs, requestId } = writing;
  const { id, projectId, createdAt, claim } = snapshot;
  const commitId = `${origin}${(commits++).toString(36)}`;
  const written = [...writing.fields];
  for (const event of events) {
    written.push(eventField(event.sequence), eventText(event, commitId));
  }
  for (const handoff of handoffs) {
    written.push(handoffField(handoff.number), handoffText(handoff));
  }
  for (const reply of replies) written.push(replyField(reply.requestId), replyText(reply));
  const withdrawn: string[] = [];
  for (const [phase, text] of outputs) {
    if (text === undefined) withdrawn.push(`o:${phase}`);
    else written.push(`o:${phase}`, text);
  }
  return [
    id,
    projectId,
    timeText(createdAt),
    commitId,
    events[0] === undefined ? '' : eventField(events[0].sequence),
    requestId === undefined ? '' : replyField(requestId),
    follows === undefined ? '' : `${follows.revision}|${follows.commitId ?? ''}`,
    timeText(writing.claimExpiredBy),
    snapshot.state,
    snapshot.role ?? '',
    timeText(snapshot.notBefore),
    timeText(claim?.expiresAt),
    timeText(snapshot.completedAt),
    `r${rankText(snapshot)}`,
    String(written.length),
    ...written,
    String(withdrawn.length + writing.usage.length),
    ...withdrawn,
    ...writing.usage,
    ...writing.counters,
  ];
}

/** Where the arguments of a script that writes have the number of its fields. */
const FIELDS_AT = 14;

/** What is withdrawn or was used, among the arguments of a script; nothing in those of a version without priorities. */
export function withdrawnIn(args: readonly string[]): readonly string[] {
  if (!/^r\d+$/.test(args[FIELDS_AT - 1] ?? '')) return [];
  const first = FIELDS_AT + 2 + Number(args[FIELDS_AT]);
  return args.slice(first, first + Number(args[first - 1]));
}

/** Stores the output only once when a handoff of the same commit contains it. */
function outputText({ snapshot, handoffs }: Commit, phase: string): string | undefined {
  const output = snapshot.outputs[phase];
  if (output === undefined) return undefined;
  const passed = handoffs.find(({ data }) => data === output);
  return passed === undefined ? JSON.stringify(output) : handoffField(passed.number);
}

function counterArguments(
  counts: Partial<Omit<StatsDelta, 'failurePoint'>>,
  failurePoints: Readonly<Record<string, number>>,
): string[] {
  const failures = Object.entries(failurePoints).map(
    ([state, count]) => [`failures:${state}`, count] as const,
  );
  return [...Object.entries(counts), ...failures]
    .filter(([, count]) => count !== 0)
    .flatMap(([name, count]) => [name, String(count)]);
}
