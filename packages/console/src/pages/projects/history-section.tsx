import type { ProjectDay } from '@baton/core/api';
import { useProjectHistory } from '../../api/queries.ts';
import { Link } from '../../app/router.tsx';
import { Bars } from '../../components/bars.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { duration, percent, title } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { series, statesOf, successOf, sumOf } from './history.ts';
import { daysIn, type Span } from './span.ts';

/** How a project's builds went day by day, and where they failed. */
export function HistorySection({ projectId, span }: { projectId: string; span: Span }) {
  const history = useProjectHistory(projectId, span);
  return (
    <section aria-label="Builds by day" className="about">
      <h2>Builds by day</h2>
      {history.isError && history.data === undefined && (
        <Failed
          what="The history could not be read"
          error={history.error}
          again={history.refetch}
        />
      )}
      {history.isPending && <Loading what="the history" />}
      {history.data !== undefined && (
        <>
          <Charts days={history.data} names={daysIn(span)} />
          <States days={history.data} projectId={projectId} />
        </>
      )}
    </section>
  );
}

function Charts({ days, names }: { days: readonly ProjectDay[]; names: readonly string[] }) {
  const success = successOf(days);
  const bars = (of: (day: ProjectDay) => number) => series(days, names, of);
  return (
    <div className="charts">
      <Bars name="Started" days={bars(({ started }) => started)} words={String} />
      <Bars name="Completed" days={bars(({ completed }) => completed)} words={String} />
      <Bars name="Failures" days={bars(({ failures }) => sumOf(failures))} words={String} />
      <Bars
        name="Cancellations"
        days={bars(({ cancellations }) => sumOf(cancellations))}
        words={String}
      />
      <Bars name="Retries" days={bars(({ retries }) => sumOf(retries))} words={String} />
      <Bars
        name="Success rate"
        total={success === undefined ? '–' : percent(success)}
        days={bars((day) => successOf([day]) ?? 0)}
        words={percent}
      />
    </div>
  );
}

function States({ days, projectId }: { days: readonly ProjectDay[]; projectId: string }) {
  const states = statesOf(days);
  if (states.length === 0) return <p className="muted">No build was active in this period.</p>;
  return (
    <ScrollX label="Failures, cancellations, retries and time by state">
      <table className="data">
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col" className="cell-number">
              Failures
            </th>
            <th scope="col" className="cell-number">
              Cancellations
            </th>
            <th scope="col" className="cell-number">
              Retries
            </th>
            <th scope="col" className="cell-number">
              Rollbacks
            </th>
            <th scope="col" className="cell-number">
              Average time
            </th>
          </tr>
        </thead>
        <tbody>
          {states.map(({ state, failures, cancellations, retries, rollbacks, averageMs }) => (
            <tr key={state}>
              <th scope="row">
                <Link to={{ page: 'builds' }} query={{ project: projectId, state }}>
                  {title(state)}
                </Link>
              </th>
              <td className="cell-number">{failures}</td>
              <td className="cell-number">{cancellations}</td>
              <td className="cell-number">{retries}</td>
              <td className="cell-number">{rollbacks}</td>
              <td className="cell-number">{averageMs === undefined ? '–' : duration(averageMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
