import { Empty, NotRead } from '../../components/feedback.tsx';
import { dateTime, title } from '../../components/format.ts';
import { Payload } from '../../components/payload.tsx';
import type { BuildView } from './build-view.ts';

/** What each role passed to the next, newest first. */
export function HandoffsTab({ view: { handoffs, handoffsUnread } }: { view: BuildView }) {
  if (handoffsUnread !== undefined) return <NotRead what="the handoffs" why={handoffsUnread} />;
  if (handoffs.length === 0)
    return (
      <Empty title="Nothing was handed over yet">
        <p>What a role passes to the next one appears here.</p>
      </Empty>
    );
  return (
    <ol className="handoffs">
      {handoffs.toReversed().map(({ number, fromRole, toRole, fromState, toState, data, at }) => (
        <li key={number}>
          <details open={number === handoffs.length}>
            <summary>
              <span className="number muted">{number}</span>
              <b>
                {title(fromRole)}
                {toRole !== undefined && toRole !== fromRole && ` → ${title(toRole)}`}
              </b>
              <span className="muted">
                {title(fromState)} → {title(toState)}
              </span>
              <time dateTime={new Date(at).toISOString()} className="muted number">
                {dateTime(at)}
              </time>
            </summary>
            <Payload value={data} />
          </details>
        </li>
      ))}
    </ol>
  );
}
