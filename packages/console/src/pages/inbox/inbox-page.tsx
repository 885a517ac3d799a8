import type { WorkflowStatus } from '@baton/core/api';
import { Link } from '../../app/router.tsx';
import { Empty, Failed, Loading } from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { Ago } from '../../components/time.tsx';
import { useWaiting } from './use-waiting.ts';
import { WaitingBuild } from './waiting-build.tsx';

/** Everything that waits for a person, over all builds, the longest waiting first. */
export function InboxPage({ workflowId }: { workflowId: string | undefined }) {
  const waiting = useWaiting();
  const builds = waiting.data ?? [];
  const chosen = workflowId ?? builds[0]?.workflowId;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Inbox</h1>
        <span className="muted" role="status">
          {waiting.data !== undefined && `${builds.length} waiting`}
        </span>
      </div>
      {waiting.isError && waiting.data === undefined && (
        <Failed what="The inbox could not be read" error={waiting.error} again={waiting.refetch} />
      )}
      {waiting.isPending && <Loading what="the inbox" />}
      {waiting.data !== undefined && chosen === undefined && (
        <Empty title="Nothing waits for you">
          <p>Questions from roles and moves that need an approval appear here.</p>
        </Empty>
      )}
      {chosen !== undefined && (
        <div className="split inbox">
          <WaitingList builds={builds} chosen={chosen} />
          <div className="split-main">
            <WaitingBuild key={chosen} workflowId={chosen} />
          </div>
        </div>
      )}
    </div>
  );
}

function WaitingList({ builds, chosen }: { builds: readonly WorkflowStatus[]; chosen: string }) {
  return (
    <nav className="artifacts" aria-label="Waiting builds">
      <ul>
        {builds.map(({ workflowId, buildId, projectId, awaiting }) => (
          <li key={workflowId}>
            <Link
              className="artifact"
              to={{ page: 'inbox', workflowId }}
              aria-current={workflowId === chosen}
            >
              <span className="artifact-name">{buildId}</span>
              <span className="tag tag-warning">
                {awaiting?.kind === 'approval' ? 'approval' : 'question'}
              </span>
              <span className="muted artifact-from">
                {projectId}
                {awaiting?.kind === 'approval' && `, move to ${title(awaiting.to)}`}
                {awaiting !== undefined && (
                  <>
                    , <Ago at={awaiting.since} />
                  </>
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
