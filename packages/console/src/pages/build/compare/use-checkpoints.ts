import type { Artifact, WorkflowEvent, WorkflowStatus } from '@baton/core/api';
import { useMemo, useState } from 'react';
import { type Checkpoints, checkpointsOf } from './checkpoints.ts';

interface Known {
  readonly status: Pick<WorkflowStatus, 'workflowId' | 'sequence'>;
  readonly events: readonly WorkflowEvent[];
  readonly artifacts: readonly Artifact[];
  /** The event up to which all artifacts are there; undefined: they are being listed anew. */
  readonly artifactsUpTo: number | undefined;
}

/**
 * The checkpoints of a build, once its whole trail is there, and then as it goes on. Events that came after the list of
 * artifacts wait for the next list: without its diff, an attempt would look like one that kept none.
 */
export function useCheckpoints({
  status: { workflowId, sequence },
  events,
  artifacts,
  artifactsUpTo,
}: Known): Checkpoints | undefined {
  const [known, setKnown] = useState<{ workflowId: string; checkpoints: Checkpoints }>();
  const before = known?.workflowId === workflowId ? known.checkpoints : undefined;
  const isWhole = before !== undefined || (artifactsUpTo ?? 0) >= sequence;
  const found = useMemo(
    () =>
      artifactsUpTo === undefined || !isWhole
        ? undefined
        : checkpointsUpTo(artifactsUpTo, events, artifacts),
    [events, artifacts, artifactsUpTo, isWhole],
  );
  if (found !== undefined && found !== before) setKnown({ workflowId, checkpoints: found });
  return found ?? before;
}

let last: { readonly of: readonly unknown[]; readonly found: Checkpoints } | undefined;

/** Of a long trail it takes some time: what was found last is kept, for the page that was read ahead for. */
export function checkpointsUpTo(
  sequence: number,
  events: readonly WorkflowEvent[],
  artifacts: readonly Artifact[],
): Checkpoints {
  const of = [sequence, events, artifacts];
  if (last === undefined || !of.every((one, index) => one === last?.of[index])) {
    last = { of, found: checkpointsOf(events.slice(0, sequence), artifacts) };
  }
  return last.found;
}
