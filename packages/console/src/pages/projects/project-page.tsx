import { useMay } from '../../api/caller.ts';
import { useStats, useUsage } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { cost, duration, percent, title, tokens } from '../../components/format.ts';
import { spanOf } from './span.ts';

/** How a project's builds go, and what they use. */
export function ProjectPage({ projectId }: { projectId: string }) {
  const stats = useStats(projectId);
  const mayStart = useMay('start');
  return (
    <div className="page">
      <div className="page-head">
        <h1>{projectId}</h1>
        <Link className="button" to={{ page: 'builds' }} query={{ project: projectId }}>
          Its builds
        </Link>
        {mayStart && (
          <Link className="button primary" to={{ page: 'start' }} query={{ project: projectId }}>
            Start a build
          </Link>
        )}
      </div>
      {stats.isError && stats.data === undefined && (
        <Failed what="The numbers could not be read" error={stats.error} />
      )}
      {stats.isPending && <Loading what="numbers" />}
      {stats.data !== undefined && (
        <dl className="figures">
          <Figure name="Builds">{stats.data.total}</Figure>
          <Figure name="Under way">{stats.data.inProgress}</Figure>
          <Figure name="Complete">
            <Link to={{ page: 'builds' }} query={{ project: projectId, state: 'complete' }}>
              {stats.data.completed}
            </Link>
          </Figure>
          <Figure name="Failed now">
            <Link to={{ page: 'builds' }} query={{ project: projectId, state: 'error' }}>
              {stats.data.failed}
            </Link>
          </Figure>
          <Figure name="Success rate">
            {stats.data.successRate === undefined ? '–' : percent(stats.data.successRate)}
          </Figure>
          <Figure name="Average time">
            {stats.data.averageDurationMs === undefined
              ? '–'
              : duration(stats.data.averageDurationMs)}
          </Figure>
          <Figure name="Average handoffs">{stats.data.averageHandoffs?.toFixed(1) ?? '–'}</Figure>
          <Figure name="Fails most in">
            {stats.data.mostCommonFailurePoint === undefined
              ? '–'
              : title(stats.data.mostCommonFailurePoint)}
          </Figure>
        </dl>
      )}
      <Usage projectId={projectId} />
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

const SPANS = [7, 30, 90] as const;

function Usage({ projectId }: { projectId: string }) {
  const [chosen, choose] = useParam('days');
  const days = SPANS.find((one) => String(one) === chosen) ?? 30;
  const { from, to } = spanOf(days, Date.now());
  const usage = useUsage(projectId, from, to);
  return (
    <section aria-label="Usage">
      <div className="page-head">
        <h2>Usage by role and model</h2>
        <label className="filter">
          <span>Of the last</span>
          <select value={days} onChange={(event) => choose(event.target.value)}>
            {SPANS.map((one) => (
              <option key={one} value={one}>
                {one} days
              </option>
            ))}
          </select>
        </label>
      </div>
      {usage.isError && usage.data === undefined && (
        <Failed what="The usage could not be read" error={usage.error} />
      )}
      {usage.data?.length === 0 && <p className="muted">No attempt has ended in these days.</p>}
      {usage.data !== undefined && usage.data.length > 0 && (
        <div className="scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">Role</th>
                <th scope="col">Model</th>
                <th scope="col" className="cell-number">
                  Attempts
                </th>
                <th scope="col" className="cell-number">
                  Requests
                </th>
                <th scope="col" className="cell-number">
                  Tokens read
                </th>
                <th scope="col" className="cell-number">
                  Tokens written
                </th>
                <th scope="col" className="cell-number">
                  Cost
                </th>
                <th scope="col" className="cell-number">
                  Time at work
                </th>
              </tr>
            </thead>
            <tbody>
              {usage.data.map((row) => (
                <tr key={`${row.role} ${row.model}`}>
                  <th scope="row">{title(row.role)}</th>
                  <td>{row.model === '' ? 'not declared' : row.model}</td>
                  <td className="cell-number">{row.attempts}</td>
                  <td className="cell-number">{row.requests}</td>
                  <td className="cell-number">{tokens(row.inputTokens)}</td>
                  <td className="cell-number">{tokens(row.outputTokens)}</td>
                  <td className="cell-number">{cost(row.cost)}</td>
                  <td className="cell-number">{duration(row.durationMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
