import type { Artifact, Awaiting, Question, WorkflowStatus } from '@baton/core/api';
import { useEffect, useMemo } from 'react';
import { useMay } from '../../api/caller.ts';
import {
  NO_ARTIFACTS,
  useArtifacts,
  useContent,
  useDefinition,
  useHandoffs,
  useStatus,
  useWaitingOutput,
} from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { useWatch } from '../../api/use-watch.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Diff } from '../../components/diff/lazy-diff.tsx';
import { Empty, Failed, Loading, NoStore, NotRead, unreadOf } from '../../components/feedback.tsx';
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
import { RequestSection } from '../build/request-section.tsx';
import { timelineOf } from '../build/timeline.ts';
import { useEvidenceRecords } from '../build/use-evidence-records.ts';
import { ApprovalForm } from './approval-form.tsx';
import { QuestionForm } from './question-form.tsx';
import { useSeen } from './use-seen.ts';

/** What a build waits for, beside what it is about. */
export function WaitingBuild({ workflowId }: { workflowId: string }) {
  const status = useStatus(workflowId);
  const mayDecide = useMay('decide');
  const looking = useSeen(status.data);
  const since = status.data?.awaiting?.since;
  useEffect(() => {
    // The list beside it says the same.
    void queryClient.invalidateQueries({ queryKey: ['waiting'] });
  }, [since]);
  if (status.data === undefined) {
    return status.isError ? (
      <Failed what="The build could not be read" error={status.error} />
    ) : (
      <Loading what="the build" />
    );
  }
  const { awaiting, questions, buildId, checkpoint } = status.data;
  const open = questions.filter(({ answer }) => answer === undefined);
  return (
    <>
      <h2>
        <Link to={{ page: 'build', workflowId, tab: 'timeline' }}>{buildId}</Link>
      </h2>
      {awaiting === undefined && (
        <Empty title="Nothing waits in this build any more">
          <Link to={{ page: 'build', workflowId, tab: 'timeline' }}>See the build</Link>
        </Empty>
      )}
      <RequestSection workflowId={workflowId} />
      {awaiting !== undefined && !mayDecide && <Undecided awaiting={awaiting} open={open} />}
      {mayDecide &&
        awaiting?.kind === 'answers' &&
        open.map((question) => (
          <QuestionForm key={question.id} workflowId={workflowId} question={question} />
        ))}
      <div className={mayDecide && awaiting?.kind === 'approval' ? 'decision' : undefined}>
        <About status={status.data} tree={looking?.seen.digest ?? checkpoint?.digest} />
        {mayDecide && awaiting?.kind === 'approval' && looking !== undefined && (
          <ApprovalForm status={status.data} awaiting={awaiting} looking={looking} />
        )}
      </div>
    </>
  );
}

/** What waits, for a caller who may look and not decide. */
function Undecided({ awaiting, open }: { awaiting: Awaiting; open: readonly Question[] }) {
  return (
    <div className="ask">
      {awaiting.kind === 'approval' ? (
        <p>The move to {title(awaiting.to)} waits for approval.</p>
      ) : (
        open.map(({ id, text }) => <p key={id}>{text}</p>)
      )}
      <p className="muted">Your key lets you view this, but not decide.</p>
    </div>
  );
}

interface AboutProps {
  readonly status: WorkflowStatus;
  /** Digest of the tree that is looked at. */
  readonly tree: string | undefined;
}

/** The changes and the evidence that a decision is about. */
function About({ status, tree }: AboutProps) {
  const { workflowId, definition: reference } = status;
  const watched = useWatch(workflowId);
  const sequence = watched.events.at(-1)?.sequence ?? 0;
  const entries = useMemo(() => timelineOf(watched.events), [watched.events]);
  const definition = useDefinition(reference.name, reference.version).data;
  const passed = useHandoffs(workflowId, status.handoffs);
  const handoffs = passed.data ?? [];
  const listed = useArtifacts(workflowId, sequence, true);
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
  const { data: waiting, error, isLoading } = useWaitingOutput(status);
  const last = handoffs.findLast(({ fromState }) => phases.includes(fromState));
  // A move from a handoff waits with what was handed over to it.
  const handedOver = isLoading || last?.fromState === waiting?.state ? undefined : last;
  return (
    <div className="decision-about">
      {error !== null && <Failed what="The output could not be read" error={error} />}
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
