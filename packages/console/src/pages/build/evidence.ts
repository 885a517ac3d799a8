import type { Artifact, DefinitionDescription, Handoff } from '@baton/core/api';
import { type EvidenceRecord, recordsIn } from '../../components/evidence-records.ts';
import { actor } from '../../components/format.ts';
import type { AttemptEntry, Entry } from './timeline.ts';

/** As runners name the artifact. */
const EVIDENCE_NAME = 'evidence.json';

/** What an attempt left behind to judge it by. */
export interface EvidenceItem {
  readonly key: string;
  readonly state: string;
  /** Undefined where the output that has the record does not say. */
  readonly epoch: number | undefined;
  readonly attempt: number | undefined;
  /** What it printed or reported; undefined: that was not kept. */
  readonly artifact: Artifact | undefined;
  readonly record: EvidenceRecord | undefined;
  /** Why nothing rests on it any more; undefined: it stands. */
  readonly stale: string | undefined;
}

/** A run, and where the workflow was that it was for. */
export interface PlacedRecord extends EvidenceRecord {
  readonly state: string;
  readonly epoch: number | undefined;
  readonly attempt: number | undefined;
}

/** The evidence that the outputs of phases carry. A handoff state passes on the output before it, which is not counted again. */
export function recordsOf(
  handoffs: readonly Handoff[],
  definition: DefinitionDescription | undefined,
): readonly PlacedRecord[] {
  const phases = new Set(
    definition?.states.filter(({ kind }) => kind === 'phase').map(({ name }) => name),
  );
  return handoffs
    .filter(({ fromState }) => phases.size === 0 || phases.has(fromState))
    .flatMap(({ data, fromState: state }) =>
      recordsIn(data).map((record) => ({ ...record, state, epoch: undefined, attempt: undefined })),
    );
}

/** Whether an artifact is the record of what was run in its attempt, whatever came of it. */
export function isRecordOfRuns({ kind, name, mediaType }: Artifact): boolean {
  return kind === 'report' && name === EVIDENCE_NAME && mediaType === 'application/json';
}

/** The records in such an artifact; none in what is no such record. */
export function recordsKept(
  text: string,
  { state, epoch, attempt }: Pick<Artifact, 'state' | 'epoch' | 'attempt'>,
): readonly PlacedRecord[] {
  try {
    const records = recordsIn({ evidence: JSON.parse(text) });
    return records.map((record) => ({ ...record, state, epoch, attempt }));
  } catch {
    // Artifacts are what a worker says: it may write anything.
    return [];
  }
}

/**
 * What attempts printed and reported, with the record of the run where there is one; before that, runs of which nothing
 * else was kept.
 *
 * @param treeDigest of the workspace as it is now.
 */
export function evidenceOf(
  artifacts: readonly Artifact[],
  records: readonly PlacedRecord[],
  entries: readonly Entry[],
  treeDigest: string | undefined,
): readonly EvidenceItem[] {
  const byOutput = Map.groupBy(records, ({ artifactDigest }) => artifactDigest);
  const kept = artifacts.filter(isShownAsEvidence).map((artifact) => {
    const { number, state, epoch, attempt } = artifact;
    const record = byOutput
      .get(artifact.digest)
      ?.find(
        ({ workspaceDigest }) =>
          artifact.treeDigest === undefined || workspaceDigest === artifact.treeDigest,
      );
    const stale = staleness(artifact, entries, treeDigest);
    return { key: `${number}`, state, epoch, attempt, artifact, record, stale };
  });
  const printed = new Set(kept.flatMap(({ record }) => (record ? [keyOf(record)] : [])));
  const alone = new Map<string, EvidenceItem>();
  for (const record of records) {
    const key = keyOf(record);
    if (printed.has(key)) continue;
    const { state, epoch, attempt } = record;
    const stale = staleTree(record.workspaceDigest, treeDigest);
    alone.set(key, { key, state, epoch, attempt, artifact: undefined, record, stale });
  }
  return [...alone.values(), ...kept];
}

/** The same for a run in an output and in what was kept of its attempt, which knows more of where that was. */
function keyOf({ epoch: _, attempt: __, ...run }: PlacedRecord): string {
  return JSON.stringify(run);
}

export function isShownAsEvidence(artifact: Artifact): boolean {
  const { kind } = artifact;
  return kind === 'output' || (kind === 'report' && !isRecordOfRuns(artifact));
}

/** Why nothing rests on an artifact any more; undefined: it stands. */
export function staleness(
  { kind, superseded, state, epoch, attempt, treeDigest }: Artifact,
  entries: readonly Entry[],
  current: string | undefined,
): string | undefined {
  const made = entries.find(
    (one): one is AttemptEntry =>
      one.kind === 'attempt' &&
      one.state === state &&
      one.epoch === epoch &&
      one.attempt === attempt,
  );
  const why = entries.find(({ sequence }) => sequence === made?.withdrawnBy);
  // A retry keeps the files: what the attempt changed in them is still there, under what comes next.
  if (kind === 'diff' && why?.kind === 'happening' && why.type === 'retry_requested')
    return undefined;
  if (why?.kind === 'happening') return `Superseded: ${lowerFirst(why.title)} by ${actor(why.by)}`;
  if (superseded) return 'Superseded: another attempt followed';
  return staleTree(treeDigest, current);
}

function staleTree(ranOn: string | undefined, current: string | undefined): string | undefined {
  if (ranOn === undefined || current === undefined || ranOn === current) return undefined;
  return `Stale: it ran on tree ${short(ranOn)}, and the tree is ${short(current)} now`;
}

export function short(digest: string): string {
  return digest.slice(0, 10);
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
