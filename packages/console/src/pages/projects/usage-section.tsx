import { useUsage } from '../../api/queries.ts';
import { useParam } from '../../app/router.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { cost, duration, title, tokens } from '../../components/format.ts';
import { ScrollX } from '../../components/scroll-x.tsx';
import { daysIn, spanOf } from './span.ts';
import { daysOf, groupsOf, type UsageDay } from './usage.ts';

const SPANS = [7, 30, 90] as const;

/** What a project's attempts have used: day by day, and by role and model. */
export function UsageSection({ projectId }: { projectId: string }) {
  const [chosen, choose] = useParam('days');
  const [role, setRole] = useParam('role');
  const days = SPANS.find((one) => String(one) === chosen) ?? 30;
  const span = spanOf(days, Date.now());
  const usage = useUsage(projectId, span.from, span.to);
  const rows = usage.data ?? [];
  const groups = groupsOf(rows);
  const roles = [...new Set(rows.map((row) => row.role))];
  const byDay = daysOf(rows, daysIn(span), role);
  return (
    <section aria-label="Usage" className="about">
      <div className="page-head">
        <h2>Usage</h2>
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
        <label className="filter">
          <span>By</span>
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
        <Failed what="The usage could not be read" error={usage.error} />
      )}
      {usage.isPending && <Loading what="usage" />}
      {usage.data?.length === 0 && <p className="muted">No attempt has ended in these days.</p>}
      {groups.length > 0 && (
        <>
          <div className="charts">
            <Bars
              name="Tokens"
              days={byDay}
              of={(day) => day.inputTokens + day.outputTokens}
              words={tokens}
            />
            <Bars name="Cost" days={byDay} of={(day) => day.cost} words={cost} />
            <Bars name="Attempts" days={byDay} of={(day) => day.attempts} words={String} />
            <Bars name="Time at work" days={byDay} of={(day) => day.durationMs} words={duration} />
          </div>
          <Groups groups={groups} />
        </>
      )}
    </section>
  );
}

interface BarsProps {
  readonly name: string;
  readonly days: readonly UsageDay[];
  readonly of: (day: UsageDay) => number;
  readonly words: (value: number) => string;
}

const HEIGHT = 56;
const WIDTH = 300;

/** A bar for each day; what it is worth stands in its title, and the sum and the most beside it. */
function Bars({ name, days, of, words }: BarsProps) {
  const values = days.map(of);
  const most = Math.max(...values);
  const sum = values.reduce((all, one) => all + one, 0);
  const step = WIDTH / days.length;
  return (
    <figure className="bars">
      <figcaption>
        <span className="muted">{name}</span> <b className="number">{words(sum)}</b>
        <span className="muted number">at most {words(most)} a day</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name} by day: ${words(sum)} in ${days.length} days, at most ${words(most)} in one`}
      >
        {days.map((day, index) => {
          const height = most === 0 ? 0 : Math.max(of(day) > 0 ? 1 : 0, (of(day) / most) * HEIGHT);
          return (
            <rect
              key={day.day}
              x={index * step + step * 0.1}
              y={HEIGHT - height}
              width={step * 0.8}
              height={height}
            >
              <title>
                {day.day}: {words(of(day))}
              </title>
            </rect>
          );
        })}
      </svg>
    </figure>
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
