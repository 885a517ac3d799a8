import type { Artifact } from '@baton/core/api';
import { useMemo } from 'react';
import type { KeptDiff } from '../../../components/diff/compare/compared.tsx';
import {
  Compared,
  compareAhead,
  useComparedUnread,
} from '../../../components/diff/compare/lazy-compared.tsx';
import { Diff, readDiffAhead, useDiffUnread } from '../../../components/diff/lazy-diff.tsx';
import type { Unseen } from '../../../components/feedback.tsx';
import { short } from '../evidence.ts';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';
import { wayBetween } from './way-between.ts';

interface ComparisonProps {
  readonly workflowId: string;
  readonly checkpoints: Checkpoints;
  readonly from: Checkpoint;
  readonly to: Checkpoint;
}

/** The diff between two checkpoints, or what is missing for it. */
export function Comparison({ workflowId, checkpoints, from, to }: ComparisonProps) {
  const way = useMemo(() => wayBetween(checkpoints, from, to), [checkpoints, from, to]);
  if (way.kind === 'gap') return <Gaps gaps={way.gaps} />;
  if (way.steps.length === 0) {
    return <p className="placeholder">Both checkpoints have the same files.</p>;
  }
  const only = onlyDiff(way.steps);
  if (only !== undefined) return <Diff workflowId={workflowId} artifact={only} />;
  const label = `Diff from ${wordsOf(from)} to ${wordsOf(to)}`;
  return <Compared workflowId={workflowId} steps={way.steps} label={label} />;
}

/**
 * Reads what the comparison takes, whether it is shown or not.
 *
 * @returns undefined once all of it was read; `missing` where the checkpoints cannot be compared.
 */
export function useComparisonUnread(props: ComparisonProps | undefined): Unseen | undefined {
  const { workflowId = '', checkpoints, from, to } = props ?? {};
  const way = useMemo(
    () => checkpoints && from && to && wayBetween(checkpoints, from, to),
    [checkpoints, from, to],
  );
  const steps = way?.kind === 'way' ? way.steps : [];
  const artifact = onlyDiff(steps);
  const isOne = artifact !== undefined;
  const diff = useDiffUnread(isOne ? { workflowId, artifact } : undefined);
  const several = useComparedUnread(
    isOne || steps.length === 0 ? undefined : { workflowId, steps },
  );
  return way?.kind === 'gap' ? 'missing' : (diff ?? several);
}

/** Reads what the comparison takes, which is about to be looked at. */
export function readComparisonAhead({ workflowId, checkpoints, from, to }: ComparisonProps): void {
  const way = wayBetween(checkpoints, from, to);
  if (way.kind === 'gap' || way.steps.length === 0) return;
  const artifact = onlyDiff(way.steps);
  if (artifact === undefined) void compareAhead(workflowId, way.steps);
  else void readDiffAhead({ workflowId, artifact });
}

/** The one diff that is the comparison: it is shown while it is read. */
function onlyDiff([first, ...others]: readonly KeptDiff[]): Artifact | undefined {
  return others.length === 0 && first?.isBack === false ? first.artifact : undefined;
}

function Gaps({ gaps }: { gaps: readonly Checkpoint[] }) {
  return (
    <div className="failed" role="status">
      <p>
        <strong>These checkpoints cannot be compared.</strong> A diff on the way between them is
        missing:
      </p>
      <ul>
        {gaps.map((one) => (
          <li key={one.key}>
            {wordsOf(one)}: {one.link.kind === 'gap' && one.link.why}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Such as `After implementation, epoch 2 (1a2b3c4d5e)`. */
function wordsOf({ name, digest }: Checkpoint): string {
  return digest === undefined ? name : `${name} (${short(digest)})`;
}
