import type { JsonObject } from '@baton/core/api';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { Empty, Loading } from '../../components/feedback.tsx';
import { firstRect } from '../../components/first-rect.ts';
import {
  actor,
  clock,
  cost,
  dateTime,
  duration,
  localDay,
  title,
  tokens,
} from '../../components/format.ts';
import { number, text } from '../../components/json-fields.ts';
import { useNow } from '../../components/time.tsx';
import { AttemptLinks } from './attempt-links.tsx';
import type { BuildView } from './build-view.ts';
import { short } from './evidence.ts';
import type { AttemptEntry, Entry, HappeningEntry } from './timeline.ts';

/** What roles say now, then attempts and what happened between them, newest first. */
export function TimelineTab({ view }: { view: BuildView }) {
  const { entries, watched, status } = view;
  const frame = useRef<HTMLDivElement>(null);
  const today = localDay(Date.now());
  const newestFirst = useMemo(() => entries.toReversed(), [entries]);
  const virtual = useVirtualizer({
    count: entries.length,
    getScrollElement: () => frame.current,
    initialRect: firstRect(),
    getItemKey: (index) => newestFirst[index]?.sequence ?? index,
    estimateSize: () => 56,
    overscan: 4,
  });
  if (!watched.isRead) return <Loading what="the timeline" />;
  if (entries.length === 0) return <Empty title="Nothing has happened yet" />;
  const said = status.completedAt === undefined ? watched.progress.slice(-4) : [];
  return (
    <>
      {said.length > 0 && (
        <section className="said" aria-label="What roles say now" aria-live="polite">
          {said.map(({ at, role, message }, index) => (
            <p key={`${at} ${index}`}>
              <span className="muted number">{clock(at)}</span> <b>{title(role)}</b> {message}
            </p>
          ))}
        </section>
      )}
      {watched.isReading && <Loading what="later events" />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="timeline" ref={frame} aria-label="Timeline" tabIndex={0}>
        <ol className="timeline-all" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const entry = newestFirst[index];
            return (
              entry && (
                <li
                  key={key}
                  data-index={index}
                  ref={virtual.measureElement}
                  className={`entry entry-${entry.tone}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <time
                    className="entry-time number"
                    dateTime={new Date(entry.at).toISOString()}
                    title={dateTime(entry.at)}
                  >
                    {today !== localDay(entry.at) && `${localDay(entry.at)} `}
                    {clock(entry.at)}
                  </time>
                  <EntryBody entry={entry} view={view} />
                </li>
              )
            );
          })}
        </ol>
      </section>
    </>
  );
}

function EntryBody({ entry, view }: { entry: Entry; view: BuildView }) {
  return entry.kind === 'attempt' ? (
    <Attempt entry={entry} view={view} />
  ) : (
    <Happening entry={entry} />
  );
}

function Attempt({ entry, view }: { entry: AttemptEntry; view: BuildView }) {
  const { status, entries, artifacts } = view;
  const { state, role, worker, attempt, maxAttempts, outcome, gates, notes, used, reserved } =
    entry;
  const why = entries.find(({ sequence }) => sequence === entry.withdrawnBy);
  return (
    <div className={`entry-body${why === undefined ? '' : ' withdrawn'}`}>
      <p className="entry-title">
        <b>{title(state)}</b> <span className="muted">by {title(role)}</span>
        {attempt > 1 && (
          <span className="tag">
            attempt {attempt} of {maxAttempts}
          </span>
        )}
        {why?.kind === 'happening' && (
          <span className="tag tag-warning">withdrawn: {why.title}</span>
        )}
        <Took entry={entry} />
      </p>
      <p className="entry-outcome">{outcome}</p>
      <p className="entry-facts muted">
        <span>worker {worker}</span>
        {entry.models.length > 0 && <span>{entry.models.join(', ')}</span>}
        {reserved !== undefined && <span>reserved {amounts(reserved)}</span>}
        {used !== undefined && amounts(used) !== '' && <span>used {amounts(used)}</span>}
        {gates.length > 0 && <span>gates passed: {gates.map(title).join(', ')}</span>}
        {entry.gatesNotApplied.length > 0 && (
          <span>gates that did not apply: {entry.gatesNotApplied.map(title).join(', ')}</span>
        )}
        {entry.checkpoint !== undefined && (
          <span>
            tree <code>{short(text(entry.checkpoint, 'digest') ?? '')}</code>
          </span>
        )}
      </p>
      <AttemptLinks workflowId={status.workflowId} {...{ entry, artifacts }} />
      {notes.map((note) => (
        <p className="entry-note" key={note}>
          {note}
        </p>
      ))}
    </div>
  );
}

function Took({ entry: { at, endedAt } }: { entry: AttemptEntry }) {
  return (
    <span className="entry-took number">
      {endedAt === undefined ? <Running since={at} /> : duration(endedAt - at)}
    </span>
  );
}

function Running({ since }: { since: number }) {
  return <>{duration(Math.max(0, useNow() - since))}</>;
}

const MOST_CHARACTERS = 400;

function Happening({ entry: { title: what, detail, by } }: { entry: HappeningEntry }) {
  const [isWhole, setIsWhole] = useState(false);
  const isLong = (detail?.length ?? 0) > MOST_CHARACTERS;
  return (
    <div className="entry-body">
      <p className="entry-title">
        <b>{what}</b> <span className="muted">by {actor(by)}</span>
      </p>
      {detail !== undefined && detail !== '' && (
        <p className="entry-outcome">
          {isLong && !isWhole ? `${detail.slice(0, MOST_CHARACTERS)}…` : detail}
          {isLong && (
            <button type="button" className="link" onClick={() => setIsWhole(!isWhole)}>
              {isWhole ? 'less' : 'more'}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Tokens and cost of a reservation or of what was used. */
function amounts(of: JsonObject): string {
  const counted =
    number(of, 'tokens') ?? (number(of, 'inputTokens') ?? 0) + (number(of, 'outputTokens') ?? 0);
  const price = number(of, 'cost');
  return [
    counted > 0 ? `${tokens(counted)} tokens` : '',
    price !== undefined && price > 0 ? `cost ${cost(price)}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}
