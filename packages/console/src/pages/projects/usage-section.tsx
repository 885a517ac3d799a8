import { useUsage } from '../../api/queries.ts';
import { useParam } from '../../app/router.tsx';
import { Bars } from '../../components/bars.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { cost, duration, title, tokens } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { daysIn, type Span } from './span.ts';
import { daysOf, groupsOf, type UsageDay } from './usage.ts';

/** What a project's attempts have used: day by day, and by role and model. */
export function UsageSection({ projectId, span }: { projectId: string; span: Span }) {
  const [role, setRole] = useParam('role');
  const usage = useUsage(projectId, span.from, span.to);
  const rows = usage.data ?? [];
  const groups = groupsOf(rows);
  const roles = [...new Set(rows.map((row) => row.role))];
  const byDay = daysOf(rows, daysIn(span), role);
  const bars = (of: (day: UsageDay) => number) =>
    byDay.map((day) => ({ day: day.day, value: of(day) }));
  return (
    <section aria-label="Usage" className="about">
      <div className="page-head">
        <h2>Usage</h2>
        <label className="filter">
          <span>Role</span>
          <select value={role} onChange={(event) => setRole(event.target.value)}>
            <option value="">All roles</option>
            {roles.map((one) => (
              <option key={one} value={one}>
                {title(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {usage.isError && usage.data === undefined && (
        <Failed what="The usage could not be read" error={usage.error} again={usage.refetch} />
      )}
      {usage.isPending && <Loading what="the usage" />}
      {usage.data?.length === 0 && <p className="muted">No attempt ended in this period.</p>}
      {groups.length > 0 && (
        <>
          <div className="charts">
            <Bars
              name="Tokens"
              days={bars((day) => day.inputTokens + day.outputTokens)}
              words={tokens}
            />
            <Bars name="Cost" days={bars((day) => day.cost)} words={cost} />
            <Bars name="Attempts" days={bars((day) => day.attempts)} words={String} />
            <Bars name="Time at work" days={bars((day) => day.durationMs)} words={duration} />
          </div>
          <Groups groups={groups} />
        </>
      )}
    </section>
  );
}

function Groups({ groups }: { groups: ReturnType<typeof groupsOf> }) {
  return (
    <ScrollX label="Usage by role and model">
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
              Input tokens
            </th>
            <th scope="col" className="cell-number">
              Output tokens
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
          {groups.map((group) => (
            <tr key={`${group.role} ${group.model}`}>
              <th scope="row">{title(group.role)}</th>
              <td>{group.model === '' ? 'not declared' : group.model}</td>
              <td className="cell-number">{group.attempts}</td>
              <td className="cell-number">{group.requests}</td>
              <td className="cell-number">{tokens(group.inputTokens)}</td>
              <td className="cell-number">{tokens(group.outputTokens)}</td>
              <td className="cell-number">
                {cost(group.cost)}
                {group.unpriced > 0 && ` + ${group.unpriced} unpriced`}
              </td>
              <td className="cell-number">{duration(group.durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
