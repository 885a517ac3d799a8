import type { Artifact } from '@baton/core/api';
import { changeQuery, useParam } from '../../app/router.tsx';
import { Diff } from '../../components/diff/lazy-diff.tsx';
import { Empty, Loading, NoStore, NotRead } from '../../components/feedback.tsx';
import { dateTime } from '../../components/format.ts';
import { ArtifactList } from './artifact-list.tsx';
import type { BuildView } from './build-view.ts';
import { type Checkpoints, hasChanges, START } from './compare/checkpoints.ts';
import { CompareBar } from './compare/compare-bar.tsx';
import { Comparison, readComparisonAhead } from './compare/comparison.tsx';
import { checkpointsUpTo, useCheckpoints } from './compare/use-checkpoints.ts';
import { short, staleness } from './evidence.ts';

/** What the build changed in the files: from one checkpoint to another, at first as a whole, and by each attempt. */
export function ChangesTab({ view }: { view: BuildView }) {
  const { status, artifacts, hasNoStore, artifactsUnread, entries } = view;
  const [number] = useParam('artifact');
  const checkpoints = useCheckpoints({ ...view, events: view.watched.events });
  const compared = useCompared(checkpoints);
  if (artifactsUnread !== undefined) return <NotRead what="the changes" why={artifactsUnread} />;
  if (hasNoStore) return <NoStore what="changes" />;
  if (checkpoints === undefined || compared === undefined) return <Loading what="the changes" />;
  const diffs = artifacts.filter(({ kind }) => kind === 'diff');
  if (diffs.length === 0 && !hasChanges(checkpoints)) {
    return (
      <Empty title="No attempt has changed files yet">
        <p>The diff of each attempt appears here as soon as it has ended.</p>
      </Empty>
    );
  }
  const chosen = diffs.find((one) => String(one.number) === number);
  // A diff speaks of the tree that it led to: later changes do not make it wrong.
  const stale = (artifact: Artifact) => staleness(artifact, entries, undefined);
  const { from, to } = chosen === undefined ? compared : endsOf(chosen, checkpoints);
  return (
    <div className="split">
      <ArtifactList
        label="Changes by attempt"
        artifacts={diffs}
        chosen={chosen}
        stale={stale}
        first={<WholeBuild isShown={chosen === undefined && compared.isWhole} />}
      />
      <div className="split-main">
        <CompareBar checkpoints={checkpoints.all} from={from} to={to} />
        {chosen !== undefined ? (
          <AttemptDiff workflowId={status.workflowId} artifact={chosen} stale={stale(chosen)} />
        ) : from === undefined || to === undefined ? (
          <p className="placeholder">
            The address names a checkpoint that this build does not have: choose one above.
          </p>
        ) : (
          <Comparison workflowId={status.workflowId} {...{ checkpoints, from, to }} />
        )}
      </div>
    </div>
  );
}

/** Reads what the tab shows at first, which is about to be opened. */
export function readChangesAhead({ status, artifacts, artifactsUpTo, watched }: BuildView): void {
  // With more events on their way, it would be another comparison.
  if (artifactsUpTo === undefined || artifactsUpTo < status.sequence) return;
  const checkpoints = checkpointsUpTo(artifactsUpTo, watched.events, artifacts);
  const [from] = checkpoints.all;
  if (from === undefined) return;
  const { workflowId } = status;
  readComparisonAhead({ workflowId, checkpoints, from, to: checkpoints.current });
}

/** The two checkpoints of the address; by default the whole build. */
function useCompared(checkpoints: Checkpoints | undefined) {
  const [from] = useParam('from');
  const [to] = useParam('to');
  if (checkpoints === undefined) return undefined;
  const { all, current } = checkpoints;
  const at = (key: string) => all.find((one) => one.key === key);
  return {
    from: at(from === '' ? START : from),
    to: to === '' ? current : at(to),
    isWhole: (from === '' || from === START) && (to === '' || to === current.key),
  };
}

/** The checkpoints that an attempt's diff lies between; undefined where that is not known. */
function endsOf({ number }: Artifact, { all }: Checkpoints) {
  const to = all.find(({ link }) => link.kind === 'diff' && link.artifact.number === number);
  return { from: all.find(({ key }) => key === to?.parent), to };
}

/** The first choice of a list of changes. */
export function WholeBuild({ isShown }: { isShown: boolean }) {
  return (
    <button
      type="button"
      className="artifact"
      aria-current={isShown}
      onClick={() => changeQuery({ artifact: '', from: '', to: '' })}
    >
      <span className="artifact-name">Whole build</span>
      <span className="muted artifact-from">
        from the start to the newest checkpoint that stands
      </span>
    </button>
  );
}

interface AttemptDiffProps {
  readonly workflowId: string;
  readonly artifact: Artifact;
  readonly stale: string | undefined;
}

function AttemptDiff({ workflowId, artifact, stale }: AttemptDiffProps) {
  return (
    <>
      <Standing stale={stale}>
        Changed {dateTime(artifact.createdAt)}
        {artifact.treeDigest !== undefined && (
          <>
            , led to tree <code>{short(artifact.treeDigest)}</code>
          </>
        )}
      </Standing>
      <Diff workflowId={workflowId} artifact={artifact} />
    </>
  );
}

/** Whether what is shown stands, and if not, why. */
export function Standing({
  stale,
  children,
}: {
  stale: string | undefined;
  children: React.ReactNode;
}) {
  return (
    <p className={`standing${stale === undefined ? '' : ' is-stale'}`}>
      {stale !== undefined && <strong>{stale}. </strong>}
      <span className="muted">{children}</span>
    </p>
  );
}
