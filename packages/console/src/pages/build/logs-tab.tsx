import type { Artifact } from '@baton/core/api';
import { useContent } from '../../api/queries.ts';
import { useParam } from '../../app/router.tsx';
import { Failed, Loading, NoStore, NotRead } from '../../components/feedback.tsx';
import { clock, title } from '../../components/format.ts';
import { Lines } from '../../components/lines.tsx';
import { ArtifactList, useChosen } from './artifact-list.tsx';
import type { BuildView } from './build-view.ts';
import { Standing } from './changes-tab.tsx';
import { staleness } from './evidence.ts';

/** What models said and commands printed; the newest is followed until another one is chosen. */
export function LogsTab({ view }: { view: BuildView }) {
  const { status, artifacts, hasNoStore, artifactsUnread, entries, watched } = view;
  const logs = artifacts.filter(({ kind }) => kind === 'transcript' || kind === 'output');
  const [number, choose] = useParam('artifact');
  const follows = number === '';
  const newest = useChosen(logs);
  const chosen = follows ? logs.at(-1) : newest;
  const content = useContent(status.workflowId, chosen);
  const isOpen = status.completedAt === undefined;
  const live = watched.progress
    .map(({ at, role, message }) => `${clock(at)}  ${title(role)}: ${message}`)
    .join('\n');
  const stale = (artifact: Artifact) => staleness(artifact, entries, undefined);
  if (artifactsUnread !== undefined) return <NotRead what="the logs" why={artifactsUnread} />;
  return (
    <div className={logs.length > 0 ? 'split' : undefined}>
      {logs.length > 0 && (
        <ArtifactList label="Logs by attempt" artifacts={logs} chosen={chosen} stale={stale} />
      )}
      <div className="split-main">
        {isOpen && (
          <section aria-label="Live messages">
            <div className="split-head">
              <h2>Live messages</h2>
              {follows ? (
                <span className="muted">following</span>
              ) : (
                <button type="button" onClick={() => choose('')}>
                  Follow
                </button>
              )}
            </div>
            <div className="lines-live">
              {live === '' ? (
                <p className="muted">No messages since this page was opened.</p>
              ) : (
                <Lines text={live} label="What roles say now" follows />
              )}
            </div>
          </section>
        )}
        {hasNoStore && <NoStore what="logs" />}
        {chosen === undefined && !isOpen && !hasNoStore && (
          <p className="placeholder">This build has no logs.</p>
        )}
        {chosen !== undefined && (
          <>
            <div className="split-head">
              <h2>{chosen.name}</h2>
            </div>
            <Standing stale={stale(chosen)}>
              {title(chosen.kind)} of {title(chosen.state)}, epoch {chosen.epoch}, attempt{' '}
              {chosen.attempt}
            </Standing>
            {content.isPending && <Loading what="the log" />}
            {content.isError && (
              <Failed
                what="The log could not be read"
                error={content.error}
                again={content.refetch}
              />
            )}
            {content.data !== undefined && (
              <Lines text={content.data} label={`Log ${chosen.name}`} follows={follows && isOpen} />
            )}
          </>
        )}
      </div>
    </div>
  );
}
