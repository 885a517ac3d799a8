import type { WorkflowStatus } from '@baton/core/api';
import { useMemo } from 'react';
import {
  NO_ARTIFACTS,
  useArtifacts,
  useDefinition,
  useHandoffs,
  useWaitingOutput,
} from '../../api/queries.ts';
import { useWatch } from '../../api/use-watch.ts';
import { firstUnread, type Unseen, unreadOf } from '../../components/feedback.tsx';
import { type Checkpoints, standingAt } from '../build/compare/checkpoints.ts';
import { useComparisonUnread } from '../build/compare/comparison.tsx';
import { useCheckpoints } from '../build/compare/use-checkpoints.ts';
import { isShownAsEvidence } from '../build/evidence.ts';
import { timelineOf } from '../build/timeline.ts';
import { useEvidenceRecords } from '../build/use-evidence-records.ts';

export type AboutDecision = ReturnType<typeof useAbout>;

/** What a decision is about, as far as it was read. @param tree digest of the tree that is looked at. */
export function useAbout(status: WorkflowStatus, tree: string | undefined) {
  const { workflowId, definition: followed } = status;
  const watched = useWatch(workflowId, status.sequence);
  const sequence = watched.events.at(-1)?.sequence ?? 0;
  const entries = useMemo(() => timelineOf(watched.events), [watched.events]);
  const definition = useDefinition(followed.name, followed.version).data;
  const passed = useHandoffs(workflowId, status.handoffs);
  const listed = useArtifacts(workflowId, sequence, true);
  const waiting = useWaitingOutput(status);
  const artifacts = listed.data ?? NO_ARTIFACTS;
  const handoffs = passed.data ?? [];
  const evidence = useEvidenceRecords(workflowId, artifacts, handoffs, definition);
  const checkpoints = useCheckpoints({
    ...{ status, events: watched.events, artifacts },
    artifactsUpTo: listed.data === undefined || listed.isPlaceholderData ? undefined : sequence,
  });
  const whole = checkpoints && wholeBuild(checkpoints, tree);
  const hasChanges = artifacts.some(({ kind }) => kind === 'diff');
  const comparison = useComparisonUnread(
    whole && hasChanges ? { workflowId, ...whole } : undefined,
  );
  return {
    ...{ watched, entries, definition, passed, handoffs, listed, artifacts, waiting, evidence },
    ...{ checkpoints, whole, hasChanges },
    shown: artifacts.filter((one) => one.kind === 'diff' || isShownAsEvidence(one)),
    unseen: firstUnread<Unseen>([
      ...[unreadOf(listed), unreadOf(passed), evidence.unread],
      waiting.isLoading || waiting.error !== null ? unreadOf(waiting) : undefined,
      hasChanges && whole === undefined ? 'pending' : comparison,
    ]),
  };
}

/** The whole build: from its start to the tree that is looked at; undefined while its trail does not name that. */
function wholeBuild(checkpoints: Checkpoints, tree: string | undefined) {
  const [from] = checkpoints.all;
  const to = standingAt(checkpoints, tree);
  return from && to && { checkpoints, from, to };
}
