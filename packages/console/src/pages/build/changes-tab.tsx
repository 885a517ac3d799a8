import { Diff } from '../../components/diff/lazy-diff.tsx';
import { Empty, Failed } from '../../components/feedback.tsx';
import { dateTime } from '../../components/format.ts';
import { ArtifactList, useChosen } from './artifact-list.tsx';
import type { BuildView } from './build-view.ts';
import { short, staleness } from './evidence.ts';

/** What each attempt changed in the files. */
export function ChangesTab({ view }: { view: BuildView }) {
  const { status, artifacts, artifactsError, entries } = view;
  const diffs = artifacts.filter(({ kind }) => kind === 'diff');
  const chosen = useChosen(diffs);
  if (artifactsError !== undefined)
    return <Failed what="The changes could not be read" error={artifactsError} />;
  if (chosen === undefined) return <Empty title="No attempt has changed files yet" />;
  // A diff speaks of the tree that it led to: later changes do not make it wrong.
  const stale = (artifact: typeof chosen) => staleness(artifact, entries, undefined);
  return (
    <div className="split">
      <ArtifactList label="Changes by attempt" artifacts={diffs} chosen={chosen} stale={stale} />
      <div className="split-main">
        <DiffsInAll diffs={diffs.filter((one) => stale(one) === undefined).length} />
        <Standing stale={stale(chosen)}>
          Changed {dateTime(chosen.createdAt)}
          {chosen.treeDigest !== undefined && (
            <>
              , led to tree <code>{short(chosen.treeDigest)}</code>
            </>
          )}
        </Standing>
        <Diff workflowId={status.workflowId} artifact={chosen} />
      </div>
    </div>
  );
}

/** Warns that one diff is not the whole of what a build changed. */
export function DiffsInAll({ diffs }: { diffs: number }) {
  if (diffs < 2) return null;
  return (
    <p className="muted">
      {diffs} attempts changed the files, each on top of the one before. A diff shows one attempt.
    </p>
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
