import { useMay } from '../../api/caller.ts';
import { useStats } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { duration, percent, title } from '../../components/format.ts';
import { HistorySection } from './history-section.tsx';
import { spanOf } from './span.ts';
import { UsageSection } from './usage-section.tsx';

const SPANS = [7, 30, 90] as const;

/** How a project's builds go, and what they use. */
export function ProjectPage({ projectId }: { projectId: string }) {
  const stats = useStats(projectId);
  const mayStart = useMay('start');
  const [chosen, choose] = useParam('days');
  const days = SPANS.find((one) => String(one) === chosen) ?? 30;
  const span = spanOf(days, Date.now());
  return (
    <div className="page">
      <div className="page-head">
        <h1>{projectId}</h1>
        <Link className="button" to={{ page: 'builds' }} query={{ project: projectId }}>
          View builds
        </Link>
        {mayStart && (
          <Link className="button primary" to={{ page: 'start' }} query={{ project: projectId }}>
            Start a build
          </Link>
        )}
      </div>
      {stats.isError && stats.data === undefined && (
        <Failed what="The statistics could not be read" error={stats.error} again={stats.refetch} />
      )}
      {stats.isPending && <Loading what="the statistics" />}
      {stats.data !== undefined && (
        <dl className="figures">
          <Figure name="Builds">{stats.data.total}</Figure>
          <Figure name="In progress">{stats.data.inProgress}</Figure>
          <Figure name="Complete">
            <Link to={{ page: 'builds' }} query={{ project: projectId, state: 'complete' }}>
              {stats.data.completed}
            </Link>
          </Figure>
          <Figure name="Failed">
            <Link to={{ page: 'builds' }} query={{ project: projectId, state: 'error' }}>
              {stats.data.failed}
            </Link>
          </Figure>
          <Figure name="Cancelled">{stats.data.cancelled}</Figure>
          <Figure name="Success rate">
            {stats.data.successRate === undefined ? '–' : percent(stats.data.successRate)}
          </Figure>
          <Figure name="Average time">
            {stats.data.averageDurationMs === undefined
              ? '–'
              : duration(stats.data.averageDurationMs)}
          </Figure>
          <Figure name="Average handoffs">{stats.data.averageHandoffs?.toFixed(1) ?? '–'}</Figure>
          <Figure name="Most common failure">
            {stats.data.mostCommonFailurePoint === undefined
              ? '–'
              : title(stats.data.mostCommonFailurePoint)}
          </Figure>
        </dl>
      )}
      <div className="page-head">
        <label className="filter">
          <span>Period</span>
          <select value={days} onChange={(event) => choose(event.target.value)}>
            {SPANS.map((one) => (
              <option key={one} value={one}>
                Last {one} days
              </option>
            ))}
          </select>
        </label>
      </div>
      <HistorySection projectId={projectId} span={span} />
      <UsageSection projectId={projectId} span={span} />
    </div>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="number">{children}</dd>
    </div>
  );
}
