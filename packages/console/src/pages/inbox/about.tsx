import type { Artifact, WorkflowStatus } from '@baton/core/api';
import { useMemo } from 'react';
import {
  NO_ARTIFACTS,
  useArtifacts,
  useContent,
  useDefinition,
  useHandoffs,
  useWaitingOutput,
} from '../../api/queries.ts';
import { useWatch } from '../../api/use-watch.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Diff } from '../../components/diff/lazy-diff.tsx';
import {
  Failed,
  Loading,
  NoStore,
  NotRead,
  type Unread,
  unreadOf,
} from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { Lines } from '../../components/lines.tsx';
import { Payload } from '../../components/payload.tsx';
import { ArtifactList } from '../build/artifact-list.tsx';
import { Standing, WholeBuild } from '../build/changes-tab.tsx';
import { type Checkpoints, standingAt } from '../build/compare/checkpoints.ts';
import { Comparison } from '../build/compare/comparison.tsx';
import { useCheckpoints } from '../build/compare/use-checkpoints.ts';
import { evidenceOf, isShownAsEvidence, short, staleness } from '../build/evidence.ts';
import { Verdict } from '../build/evidence-tab.tsx';
import { phaseNames } from '../build/phases-on-path.ts';
import { timelineOf } from '../build/timeline.ts';
import { useEvidenceRecords } from '../build/use-evidence-records.ts';

/** What a decision is about, as far as it was read. */
export function useAbout(status: WorkflowStatus) {
  const { workflowId, definition } = status;
  const watched = useWatch(workflowId, status.sequence);
  const sequence = watched.events.at(-1)?.sequence ?? 0;
  return {
    ...{ watched, sequence },
    definition: useDefinition(definition.name, definition.version).data,
    passed: useHandoffs(workflowId, status.handoffs),
    listed: useArtifacts(workflowId, sequence, true),
    waiting: useWaitingOutput(status),
  };
}

type AboutRead = ReturnType<typeof useAbout>;

/** What of it was not read; undefined: all of it was, so that a person can have seen it. */
export function unreadIn({ passed, listed, waiting }: AboutRead): Unread | undefined {
  const output = waiting.isLoading || waiting.error !== null ? unreadOf(waiting) : undefined;
  const all = [unreadOf(listed), unreadOf(passed), output];
  return all.find((one) => one !== undefined && one !== 'pending') ?? all.find(Boolean);
}

interface AboutProps {
  readonly status: WorkflowStatus;
  readonly about: AboutRead;
  /** Digest of the tree that is looked at. */
  readonly tree: string | undefined;
}

/** The changes and the evidence that a decision is about. */
export function About({ status, about, tree }: AboutProps) {
  const { workflowId } = status;
  const { watched, sequence, definition, passed, listed } = about;
  const entries = useMemo(() => timelineOf(watched.events), [watched.events]);
  const handoffs = passed.data ?? [];
  const artifacts = listed.data ?? NO_ARTIFACTS;
  const unread = unreadOf(listed);
  const checkpoints = useCheckpoints({
    ...{ status, events: watched.events, artifacts },
    artifactsUpTo: listed.data === undefined || listed.isPlaceholderData ? undefined : sequence,
  });
  const records = useEvidenceRecords(workflowId, artifacts, handoffs, definition);
  const shown = artifacts.filter((one) => one.kind === 'diff' || isShownAsEvidence(one));
  const [number] = useParam('artifact');
  const hasWhole = shown.some(({ kind }) => kind === 'diff');
  const chosen =
    shown.find((one) => String(one.number) === number) ?? (hasWhole ? undefined : shown.at(-1));
  const stale = (artifact: Artifact) =>
    staleness(artifact, entries, artifact.kind === 'diff' ? undefined : status.checkpoint?.digest);
  const evidence = evidenceOf(artifacts, records, entries, undefined);
  const verdictOn = ({ number }: Artifact) => {
    const item = evidence.find(({ key }) => key === `${number}`);
    return item && <Verdict item={item} />;
  };
  const phases = phaseNames(definition);
  const { data: waiting, error, isLoading, refetch } = about.waiting;
  const last = handoffs.findLast(({ fromState }) => phases.includes(fromState));
  // A move from a handoff waits with what was handed over to it.
  const handedOver = isLoading || last?.fromState === waiting?.state ? undefined : last;
  return (
    <div className="decision-about">
      {error !== null && (
        <Failed what="The output could not be read" error={error} again={refetch} />
      )}
      {isLoading && <Loading what="the output" />}
      {passed.isError && (
        <Failed what="The handoffs could not be read" error={passed.error} again={passed.refetch} />
      )}
      {watched.error !== undefined && (
        <Failed what="The audit trail could not be followed" error={watched.error} />
      )}
      {waiting?.output !== undefined && (
        <section aria-label="Waits for approval" className="about">
          <h3>Output of {title(waiting.state)}, which waits for approval</h3>
          <Payload value={waiting.output} />
        </section>
      )}
      {unread !== undefined && <NotRead what="the changes and the evidence" why={unread} />}
      {listed.data === null && status.awaiting?.kind === 'approval' && (
        <NoStore what="changes or outputs of commands" />
      )}
      {shown.length > 0 && (
        <section aria-label="Changes and evidence" className="about">
          <h3>Changes and evidence</h3>
          <div className="split">
            <ArtifactList
              label="Changes and evidence"
              artifacts={shown}
              chosen={chosen}
              stale={stale}
              mark={verdictOn}
              first={hasWhole && <WholeBuild isShown={chosen === undefined} />}
            />
            <div className="split-main">
              {chosen === undefined ? (
                <Whole workflowId={workflowId} checkpoints={checkpoints} tree={tree} />
              ) : (
                <ArtifactContent workflowId={workflowId} artifact={chosen} stale={stale(chosen)} />
              )}
            </div>
          </div>
        </section>
      )}
      {handedOver !== undefined && (
        <section aria-label="Handed over last" className="about">
          <h3>Handed over last, from {title(handedOver.fromState)}</h3>
          <Payload value={handedOver.data} />
        </section>
      )}
    </div>
  );
}

interface WholeProps {
  readonly workflowId: string;
  readonly checkpoints: Checkpoints | undefined;
  readonly tree: string | undefined;
}

/** What the build changed from its start to the tree that is looked at. */
function Whole({ workflowId, checkpoints, tree }: WholeProps) {
  if (checkpoints === undefined) return <Loading what="the changes" />;
  const [from] = checkpoints.all;
  const to = standingAt(checkpoints, tree);
  if (from === undefined || to === undefined) {
    return <p className="placeholder">The audit trail does not name this tree yet.</p>;
  }
  return (
    <>
      <div className="split-head">
        <p className="muted">
          What the build changed, from its start to{' '}
          {to.digest === undefined ? to.name : `tree ${short(to.digest)}`}
        </p>
        <Link to={{ page: 'build', workflowId, tab: 'changes' }}>Compare other checkpoints</Link>
      </div>
      <Comparison workflowId={workflowId} {...{ checkpoints, from, to }} />
    </>
  );
}

interface ArtifactContentProps {
  readonly workflowId: string;
  readonly artifact: Artifact;
  readonly stale: string | undefined;
}

function ArtifactContent({ workflowId, artifact, stale }: ArtifactContentProps) {
  const { kind, name, state } = artifact;
  return (
    <>
      <Standing stale={stale}>
        {title(kind)} {name} of {title(state)}
      </Standing>
      {kind === 'diff' ? (
        <Diff workflowId={workflowId} artifact={artifact} />
      ) : (
        <Output workflowId={workflowId} artifact={artifact} />
      )}
    </>
  );
}

function Output({ workflowId, artifact }: Omit<ArtifactContentProps, 'stale'>) {
  const content = useContent(workflowId, artifact);
  const { name } = artifact;
  return (
    <>
      {content.isPending && <Loading what={name} />}
      {content.isError && (
        <Failed what={`${name} could not be read`} error={content.error} again={content.refetch} />
      )}
      {content.data !== undefined && <Lines text={content.data} label={`Output of ${name}`} />}
    </>
  );
}
