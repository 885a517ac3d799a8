import { createHash } from 'node:crypto';
import { BatonError } from '../model/errors.ts';
import { statsShare } from '../model/stats.ts';
import { completeSnapshot, type StoredSnapshot } from '../model/stored-snapshot.ts';
import { countersOf } from '../model/tallies.ts';
import type { Handoff } from '../model/trail.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { WorkflowRecord } from '../ports/workflow-store.ts';
import { type FileLine, FORMAT_VERSION, fileLine, type LineOf } from './file-lines.ts';
import { parseLine } from './parse-line.ts';
import { splitLines } from './split-lines.ts';

/** Characters of a line: a snapshot has the outputs of all phases. */
const MOST_CHARACTERS = 256 * 1024 * 1024;
const FORMAT = { schema: fileLine, version: FORMAT_VERSION, refused };

/**
 * Reads a workflow from its file: all of it, checked against its counts, its digest and what a
 * workflow must be like. The digest detects a damaged file, not a forged one.
 *
 * @throws BatonError `invalid_input` that names the line.
 */
export async function readWorkflowFile(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): Promise<WorkflowRecord> {
  const hash = createHash('sha256');
  const lines: FileLine[] = [];
  let end: LineOf<'end'> | undefined;
  for await (const text of splitLines(chunks, MOST_CHARACTERS)) {
    const number = lines.length + 1;
    if (end !== undefined) throw refused(`line ${number + 1} comes after the closing line`);
    const line = parseLine(text, number, FORMAT);
    if (line.kind === 'end') end = line;
    else {
      lines.push(line);
      hash.update(`${text}\n`);
    }
  }
  if (end === undefined) throw refused('it has no closing line: it is cut off');
  if (hash.digest('hex') !== end.digest) {
    throw refused('its digest is not that of its lines: it was changed or damaged');
  }
  return toRecord(lines, end);
}

function toRecord(lines: readonly FileLine[], end: LineOf<'end'>): WorkflowRecord {
  const of = <K extends FileLine['kind']>(kind: K): LineOf<K>[] =>
    lines.filter((line): line is LineOf<K> => line.kind === kind);
  const [header] = of('header');
  const [found, second] = of('snapshot');
  if (header === undefined || found === undefined || second !== undefined) {
    throw refused('it has not exactly one snapshot');
  }
  const snapshot = toSnapshot(found.snapshot);
  const handoffs = of('handoff').map(({ handoff }) => toHandoff(handoff));
  const events = of('event').map(({ event }) => event);
  const replies = of('reply').map(({ reply }) => reply);

  const { id } = snapshot;
  const isGapless = (numbers: readonly number[], last: number): boolean =>
    numbers.length === last && numbers.every((number, i) => number === i + 1);
  const facts: readonly (readonly [ok: boolean, what: string])[] = [
    [header.workflowId === id && header.revision === snapshot.revision, 'the header'],
    [[...handoffs, ...events].every(({ workflowId }) => workflowId === id), 'a workflow id'],
    [
      isGapless(
        handoffs.map(({ number }) => number),
        snapshot.handoffs,
      ),
      'the handoffs',
    ],
    [
      isGapless(
        events.map(({ sequence }) => sequence),
        snapshot.sequence,
      ),
      'the events',
    ],
    [new Set(replies.map(({ requestId }) => requestId)).size === replies.length, 'the replies'],
    [handoffs.length === end.handoffs, 'the number of handoffs'],
    [events.length === end.events, 'the number of events'],
    [replies.length === end.replies, 'the number of replies'],
  ];
  const wrong = facts.find(([ok]) => !ok);
  if (wrong !== undefined) throw refused(`${wrong[1]} and the rest of it do not agree`);
  const [stats, usage] = [statsShare(snapshot, events), countersOf(events)];
  return { snapshot, handoffs, events, replies, stats, usage };
}

/** Outputs in the order of the path, as they came about: the file has them by name. */
function toSnapshot(stored: LineOf<'snapshot'>['snapshot']): WorkflowSnapshot {
  const outputs = new Map(Object.entries(stored.outputs));
  const phases = [...new Set(stored.path.map(({ phase }) => phase))].filter((phase) =>
    outputs.has(phase),
  );
  if (phases.length !== outputs.size) throw refused('it has an output of a phase not on its path');
  // Keys without a value are missing, at every depth.
  return completeSnapshot({
    ...(stored as unknown as StoredSnapshot),
    outputs: Object.fromEntries(phases.map((phase) => [phase, outputs.get(phase) ?? {}])),
  });
}

function toHandoff(stored: LineOf<'handoff'>['handoff']): Handoff {
  return { ...stored, toRole: stored.toRole };
}

function refused(problem: string, cause?: unknown): BatonError {
  return new BatonError('invalid_input', `this is no whole workflow file: ${problem}`, { cause });
}
