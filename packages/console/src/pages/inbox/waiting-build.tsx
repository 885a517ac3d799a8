import type { Awaiting, Question, WorkflowStatus } from '@baton/core/api';
import { useEffect } from 'react';
import { useMay } from '../../api/caller.ts';
import { useStatus } from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { Link } from '../../app/router.tsx';
import { Empty, Failed, Loading } from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { RequestSection } from '../build/request-section.tsx';
import { About } from './about.tsx';
import { ApprovalForm } from './approval-form.tsx';
import { QuestionForm } from './question-form.tsx';
import { useAbout } from './use-about.ts';
import { type Looking, useSeen } from './use-seen.ts';

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
      <Failed what="The build could not be read" error={status.error} again={status.refetch} />
    ) : (
      <Loading what="the build" />
    );
  }
  const { awaiting, questions, buildId } = status.data;
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
      <Decision status={status.data} looking={mayDecide ? looking : undefined} />
    </>
  );
}

interface DecisionProps {
  readonly status: WorkflowStatus;
  /** What is looked at, by a person who may decide on it. */
  readonly looking: Looking | undefined;
}

/** What a decision is about, and the decision beside it. */
function Decision({ status, looking }: DecisionProps) {
  const { awaiting, checkpoint } = status;
  const about = useAbout(status, looking?.seen.digest ?? checkpoint?.digest);
  const isAsked = looking !== undefined && awaiting?.kind === 'approval';
  return (
    <div className={isAsked ? 'decision' : undefined}>
      <About status={status} about={about} />
      {isAsked && (
        <ApprovalForm status={status} awaiting={awaiting} looking={looking} unseen={about.unseen} />
      )}
    </div>
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
