import { useMemo } from 'react';
import { useContent } from '../../api/queries.ts';
import { useParam } from '../../app/router.tsx';
import {
  Empty,
  Failed,
  firstUnread,
  Loading,
  NoStore,
  NotRead,
} from '../../components/feedback.tsx';
import { dateTime, duration, title } from '../../components/format.ts';
import { Lines } from '../../components/lines.tsx';
import { Badge } from '../../components/status.tsx';
import type { BuildView } from './build-view.ts';
import { Standing } from './changes-tab.tsx';
import { type EvidenceItem, evidenceOf, short } from './evidence.ts';
import { RECORDS, useEvidenceRecords } from './use-evidence-records.ts';

/** What was really run, with what it printed; what does not stand any more says why. */
export function EvidenceTab({ view }: { view: BuildView }) {
  const { status, artifacts, hasNoStore, artifactsUnread, entries, definition } = view;
  const { handoffs, handoffsUnread } = view;
  const { records, unread } = useEvidenceRecords(
    ...[status.workflowId, artifacts, handoffs, definition],
  );
  const recordsUnread = firstUnread([handoffsUnread, unread]);
  const items = useMemo(
    () => evidenceOf(artifacts, records, entries, status.checkpoint?.digest),
    [artifacts, records, entries, status.checkpoint?.digest],
  );
  const [number] = useParam('artifact');
  const chosen =
    items.find(({ key }) => key === number) ??
    items.findLast(({ stale, artifact }) => stale === undefined && artifact?.kind === 'output') ??
    items.at(-1);
  const content = useContent(status.workflowId, chosen?.artifact);
  if (artifactsUnread !== undefined) return <NotRead what="the evidence" why={artifactsUnread} />;
  if (hasNoStore && items.length === 0) return <NoStore what="outputs of commands" />;
  if (chosen === undefined) {
    if (recordsUnread !== undefined) return <NotRead what={RECORDS} why={recordsUnread} />;
    return (
      <Empty title="Nothing was run yet">
        <p>Tests and checks appear here with what they printed, once an attempt has run them.</p>
      </Empty>
    );
  }
  return (
    <div className="split">
      <EvidenceList items={items} chosen={chosen} />
      <div className="split-main">
        {recordsUnread !== undefined && <NotRead what={RECORDS} why={recordsUnread} />}
        <h2>{nameOf(chosen)}</h2>
        <Standing stale={chosen.stale}>
          {chosen.artifact && `Recorded ${dateTime(chosen.artifact.createdAt)}`}
        </Standing>
        <Record item={chosen} />
        {chosen.artifact === undefined && (
          <p className="placeholder">What it printed was not kept.</p>
        )}
        {chosen.artifact !== undefined && content.isPending && <Loading what="the output" />}
        {content.isError && (
          <Failed
            what="The output could not be read"
            error={content.error}
            again={content.refetch}
          />
        )}
        {content.data !== undefined && (
          <Lines
            key={chosen.key}
            text={content.data}
            label={`Output of ${nameOf(chosen)}`}
            // What went wrong is said last.
            follows={chosen.record !== undefined && chosen.record.exitCode !== 0}
          />
        )}
      </div>
    </div>
  );
}

function EvidenceList({ items, chosen }: { items: readonly EvidenceItem[]; chosen: EvidenceItem }) {
  const [, choose] = useParam('artifact');
  return (
    <nav className="artifacts" aria-label="Evidence by attempt">
      <ul>
        {items.toReversed().map((item) => (
          <li key={item.key}>
            <button
              type="button"
              className={`artifact${item.stale === undefined ? '' : ' is-stale'}`}
              aria-current={item.key === chosen.key}
              onClick={() => choose(item.key)}
            >
              <span className="artifact-name">{nameOf(item)}</span>
              <Verdict item={item} />
              <span className="muted artifact-from">
                {title(item.state)}
                {item.epoch !== undefined && `, epoch ${item.epoch}`}
                {item.attempt !== undefined && item.attempt > 1 && `, attempt ${item.attempt}`}
              </span>
              {item.stale !== undefined && <span className="tag tag-warning">stale</span>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function nameOf({ artifact, record }: EvidenceItem): string {
  return artifact?.name ?? record?.purpose ?? '';
}

/** How a run ended; what no run printed says what it is. */
export function Verdict({ item: { record, artifact } }: { item: EvidenceItem }) {
  if (record === undefined) return <span className="muted">{artifact?.kind}</span>;
  if (record.exitCode === 0) return <Badge mark="done">exit 0</Badge>;
  if (record.tolerated !== undefined) return <Badge mark="waiting">tolerated</Badge>;
  return (
    <Badge mark="failed">
      {record.exitCode === undefined ? 'killed' : `exit ${record.exitCode}`}
    </Badge>
  );
}

function Record({ item: { record } }: { item: EvidenceItem }) {
  if (record === undefined) return null;
  const { argv, exitCode, durationMs, sandbox, workspaceDigest, tolerated } = record;
  return (
    <dl className="facts record">
      <div>
        <dt>Command</dt>
        <dd>
          <code>{argv.join(' ')}</code>
        </dd>
      </div>
      <div>
        <dt>Exit code</dt>
        <dd className="number">{exitCode ?? 'none: killed by a signal or a timeout'}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd className="number">{duration(durationMs)}</dd>
      </div>
      <div>
        <dt>Sandbox</dt>
        <dd>{sandbox ?? 'none'}</dd>
      </div>
      {workspaceDigest !== undefined && (
        <div>
          <dt>Ran on tree</dt>
          <dd>
            <code>{short(workspaceDigest)}</code>
          </dd>
        </div>
      )}
      {tolerated !== undefined && (
        <div>
          <dt>Tolerated</dt>
          <dd>{tolerated}</dd>
        </div>
      )}
    </dl>
  );
}
