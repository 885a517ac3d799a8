import { isCancelled } from '@baton/client';
import { useMay } from '../../api/caller.ts';
import { Link } from '../../app/router.tsx';
import {
  clock,
  cost,
  counted,
  duration,
  sentence,
  title,
  tokens,
} from '../../components/format.ts';
import { endedAt, isQueued, StatusBadge } from '../../components/status.tsx';
import { Ago, Elapsed, useNow } from '../../components/time.tsx';
import { spentOf } from '../builds/spent.ts';
import type { BuildView } from './build-view.ts';
import { RequestSection } from './request-section.tsx';
import { Steering } from './steering.tsx';

/** What a person wants to know first, and what a person can do. */
export function BuildHead({ view }: { view: BuildView }) {
  const { status } = view;
  const { buildId, projectId, userId, workflowId, claim, failure, awaiting } = status;
  const spent = spentOf(status);
  const mayDecide = useMay('decide');
  return (
    <header className="build-head">
      <div className="page-head">
        <h1 title={buildId}>{buildId}</h1>
        <StatusBadge status={status} />
        <Steering view={view} />
      </div>
      <dl className="facts">
        <Fact name="Project">
          <Link to={{ page: 'project', projectId }}>{projectId}</Link>
        </Fact>
        <Fact name="Requested by">{userId}</Fact>
        <Fact name="Started">
          <Ago at={status.createdAt} />
        </Fact>
        <Fact name="Duration">
          <Elapsed from={status.createdAt} to={endedAt(status)} />
        </Fact>
        <Fact name="Tokens">{tokens(spent.tokens)}</Fact>
        <Fact name="Cost">
          {cost(spent.cost)}
          {spent.unpriced > 0 && (
            <span className="muted"> and {spent.unpriced} unpriced requests</span>
          )}
        </Fact>
        <Fact name="Retries">
          {status.retries} of {status.maxRetries}
        </Fact>
        {claim !== undefined && (
          <Fact name="Worker">
            {claim.worker}, attempt {status.attempt}, lease until{' '}
            <span className="number">{clock(claim.expiresAt)}</span>
          </Fact>
        )}
        <Fact name="Epoch">
          {status.epoch}
          {status.epoch > 1 && (
            <span className="muted">
              {' '}
              after {counted(status.epoch - 1, 'retry or rollback', 'retries or rollbacks')}
            </span>
          )}
        </Fact>
        <Fact name="Workflow ID">
          <code>{workflowId}</code>
        </Fact>
      </dl>
      <RequestSection workflowId={workflowId} />
      {isQueued(status) && <Queued status={status} />}
      {failure !== undefined && (
        <div className={isCancelled(status) ? 'waiting' : 'failed'} role="alert">
          <p>
            <strong>
              {isCancelled(status)
                ? `Cancelled in ${title(failure.state)} by ${failure.by}.`
                : `Failed in ${title(failure.state)} (${title(failure.code).toLowerCase()}).`}
            </strong>{' '}
            {sentence(failure.message)}
          </p>
          <p>
            <Link to={{ page: 'build', workflowId, tab: 'evidence' }}>See what was run</Link>
            {' · '}
            <Link to={{ page: 'build', workflowId, tab: 'logs' }}>See the logs</Link>
          </p>
          {failure.details !== undefined && (
            <details>
              <summary>Details</summary>
              <pre className="payload-text">{failure.details}</pre>
            </details>
          )}
        </div>
      )}
      {awaiting !== undefined && (
        <p className="waiting">
          <span>
            {awaiting.kind === 'approval'
              ? `The move to ${title(awaiting.to)} needs an approval`
              : `${title(status.role ?? 'a_role')} is waiting for answers`}
            . Asked <Ago at={awaiting.since} />.
          </span>
          {mayDecide && (
            <Link className="button primary" to={{ page: 'inbox', workflowId }}>
              {awaiting.kind === 'approval' ? 'Decide' : 'Answer'}
            </Link>
          )}
        </p>
      )}
    </header>
  );
}

/** Workers that are there take a build sooner. */
const QUEUED_MS = 10_000;

/** What a build waits for that no worker has taken. */
function Queued({ status: { role, updatedAt } }: { status: BuildView['status'] }) {
  const now = useNow();
  if (now - updatedAt < QUEUED_MS) return null;
  return (
    <p className="waiting">
      <span>
        No worker has taken this for {duration(now - updatedAt)}. It goes on when one performs{' '}
        {title(role ?? 'its role')}: <code>baton worker</code> for the builds of a server,{' '}
        <code>baton resume</code> for those of a repository.
      </span>
    </p>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
