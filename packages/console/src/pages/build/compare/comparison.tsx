import { useMemo } from 'react';
import { Compared } from '../../../components/diff/compare/lazy-compared.tsx';
import { Diff } from '../../../components/diff/lazy-diff.tsx';
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
  const [first, ...others] = way.steps;
  if (first === undefined) {
    return <p className="placeholder">Both checkpoints have the same files.</p>;
  }
  // One diff is shown while it is read.
  if (others.length === 0 && !first.isBack) {
    return <Diff workflowId={workflowId} artifact={first.artifact} />;
  }
  const label = `Diff from ${wordsOf(from)} to ${wordsOf(to)}`;
  return <Compared workflowId={workflowId} steps={way.steps} label={label} />;
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
