import type { Artifact, WorkflowStatus } from '@baton/core/api';
import { useContent } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Diff } from '../../components/diff/lazy-diff.tsx';
import { Failed, Loading, NoStore, NotRead, unreadOf } from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { Lines } from '../../components/lines.tsx';
import { Payload } from '../../components/payload.tsx';
import { ArtifactList } from '../build/artifact-list.tsx';
import { Standing, WholeBuild } from '../build/changes-tab.tsx';
import { Comparison } from '../build/compare/comparison.tsx';
import { evidenceOf, short, staleness } from '../build/evidence.ts';
import { Verdict } from '../build/evidence-tab.tsx';
import { phaseNames } from '../build/phases-on-path.ts';
import { RECORDS } from '../build/use-evidence-records.ts';
import type { AboutDecision } from './use-about.ts';

interface AboutProps {
  readonly status: WorkflowStatus;
  readonly about: AboutDecision;
}

/** The changes and the evidence that a decision is about. */
export function About({ status, about }: AboutProps) {
  const { workflowId } = status;
  const { watched, entries, definition, passed, handoffs, listed, artifacts, shown } = about;
  const { records, unread: recordsUnread } = about.evidence;
  const unread = unreadOf(listed);
  const [number] = useParam('artifact');
  const chosen =
    shown.find((one) => String(one.number) === number) ??
    (about.hasChanges ? undefined : shown.at(-1));
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
      {recordsUnread !== undefined && <NotRead what={RECORDS} why={recordsUnread} />}
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
              first={about.hasChanges && <WholeBuild isShown={chosen === undefined} />}
            />
            <div className="split-main">
              {chosen === undefined ? (
                <Whole workflowId={workflowId} about={about} />
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
  readonly about: AboutDecision;
}

/** What the build changed from its start to the tree that is looked at. */
function Whole({ workflowId, about: { checkpoints, whole } }: WholeProps) {
  if (checkpoints === undefined) return <Loading what="the changes" />;
  if (whole === undefined) {
    return <p className="placeholder">The audit trail does not name this tree yet.</p>;
  }
  const { name, digest } = whole.to;
  return (
    <>
      <div className="split-head">
        <p className="muted">
          What the build changed, from its start to{' '}
          {digest === undefined ? name : `tree ${short(digest)}`}
        </p>
        <Link to={{ page: 'build', workflowId, tab: 'changes' }}>Compare other checkpoints</Link>
      </div>
      <Comparison workflowId={workflowId} {...whole} />
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
