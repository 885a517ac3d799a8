import { isCancelled } from '@baton/client';
import type { WorkflowEvent, WorkflowStatus } from '@baton/core/api';
import { useEffect, useMemo } from 'react';
import {
  NO_ARTIFACTS,
  useArtifacts,
  useDefinition,
  useHandoffs,
  useStatus,
} from '../../api/queries.ts';
import { queryClient } from '../../api/query-client.ts';
import { useHasPainted } from '../../api/use-has-painted.ts';
import { useThrottled } from '../../api/use-throttled.ts';
import { useWatch } from '../../api/use-watch.ts';
import { Link } from '../../app/router.tsx';
import type { BuildTab } from '../../app/routes.ts';
import { Failed, Loading, unreadOf } from '../../components/feedback.tsx';
import { StateGraph } from '../../components/state-graph.tsx';
import { isQueued } from '../../components/status.tsx';
import { BudgetTab } from './budget-tab.tsx';
import { BuildHead } from './build-head.tsx';
import { BuildTabs } from './build-tabs.tsx';
import type { BuildView } from './build-view.ts';
import { ChangesTab } from './changes-tab.tsx';
import { EvidenceTab } from './evidence-tab.tsx';
import { HandoffsTab } from './handoffs-tab.tsx';
import { LogsTab } from './logs-tab.tsx';
import { timelineOf } from './timeline.ts';
import { TimelineTab } from './timeline-tab.tsx';
import { walkOf } from './walk.ts';

/** How often events have the rest of the page read anew: a long trail comes in hundreds of pieces. */
const ANEW_MS = 500;

/** One build: where it stands, the way to there, and what was said, run and changed on it. */
export function BuildPage({ workflowId, tab }: { workflowId: string; tab: BuildTab }) {
  const hasPainted = useHasPainted();
  const status = useStatus(workflowId, hasPainted);
  const { data } = status;
  const watched = useWatch(workflowId, data?.sequence);
  const sequence = useThrottled(watched.events.at(-1)?.sequence ?? 0, ANEW_MS);
  useEffect(() => {
    if (sequence > 0) void queryClient.invalidateQueries({ queryKey: ['status', workflowId] });
  }, [sequence, workflowId]);
  const definition = useDefinition(data?.definition.name, data?.definition.version);
  // The first events come first: of what other tabs show, the timeline has the counts alone.
  const hasTime = watched.isRead || tab !== 'timeline';
  const isOpen = data?.completedAt === undefined;
  const handoffs = useHandoffs(workflowId, data?.handoffs ?? 0, hasTime);
  const artifacts = useArtifacts(workflowId, sequence, isOpen, hasTime);
  const walk = useWalk(watched.events, data);
  const entries = useMemo(() => timelineOf(watched.events), [watched.events]);
  const name = data?.buildId ?? 'Build';
  useEffect(() => {
    document.title = `${name} · Baton`;
  }, [name]);
  if (data === undefined) {
    return status.isError ? (
      <div className="page">
        <Failed what="The build could not be read" error={status.error} again={status.refetch} />
        <p>
          <Link to={{ page: 'builds' }}>Show all builds</Link>
        </p>
      </div>
    ) : (
      <Loading what="the build" />
    );
  }
  const view: BuildView = {
    status: data,
    watched,
    entries,
    definition: definition.data,
    handoffs: handoffs.data ?? [],
    handoffsUnread: unreadOf(handoffs),
    artifacts: artifacts.data ?? NO_ARTIFACTS,
    hasNoStore: artifacts.data === null,
    artifactsUpTo:
      artifacts.data === undefined || artifacts.isPlaceholderData ? undefined : sequence,
    artifactsUnread: unreadOf(artifacts),
  };
  return (
    <div className={`page build-${tab}`}>
      <BuildHead view={view} />
      {definition.isError && (
        <Failed
          what="The definition that this build follows could not be read"
          error={definition.error}
          again={definition.refetch}
        />
      )}
      {definition.data !== undefined && <StateGraph definition={definition.data} walk={walk} />}
      <BuildTabs view={view} tab={tab} />
      {watched.error !== undefined && (
        <Failed what="The audit trail could not be followed" error={watched.error} />
      )}
      <Tab view={view} tab={tab} />
    </div>
  );
}

/** The way that was walked, and where it has come to: the same object until one of them changes. */
function useWalk(events: readonly WorkflowEvent[], status: WorkflowStatus | undefined) {
  const walk = useMemo(() => walkOf(events), [events]);
  const current = status?.state ?? '';
  const endedIn = status?.failure?.state;
  const isStopped = status !== undefined && isCancelled(status);
  const isWaiting = status?.awaiting !== undefined;
  const isIdle = status !== undefined && isQueued(status);
  return useMemo(
    () => ({ ...walk, current, endedIn, isCancelled: isStopped, isWaiting, isQueued: isIdle }),
    [walk, current, endedIn, isStopped, isWaiting, isIdle],
  );
}

function Tab({ view, tab }: { view: BuildView; tab: BuildTab }) {
  switch (tab) {
    case 'timeline':
      return <TimelineTab view={view} />;
    case 'handoffs':
      return <HandoffsTab view={view} />;
    case 'changes':
      return <ChangesTab view={view} />;
    case 'evidence':
      return <EvidenceTab view={view} />;
    case 'logs':
      return <LogsTab view={view} />;
    case 'budget':
      return <BudgetTab view={view} />;
  }
}
