import { isCancelled } from '@baton/client';
import type { WorkflowStatus } from '@baton/core/api';
import { title } from './format.ts';

type Mark = 'done' | 'failed' | 'cancelled' | 'waiting' | 'active' | 'idle';

const SIGNS: Readonly<Record<Mark, string>> = {
  done: 'M3.5 8.5l3 3 6-7',
  failed: 'M4 4l8 8M12 4l-8 8',
  cancelled: 'M4.5 4.5h7v7h-7z',
  waiting: 'M8 3.5v6M8 12.5v.01',
  active: 'M5.5 3.5v9l7-4.5z',
  idle: 'M4 8h8',
};

type Standing = Pick<WorkflowStatus, 'state' | 'awaiting' | 'claim' | 'failure' | 'completedAt'>;

/** Where a workflow stands, by sign, word and colour. */
export function StatusBadge({ status }: { status: Standing }) {
  const mark = markOf(status);
  return <Badge mark={mark}>{wordsOf(status, mark)}</Badge>;
}

export function Badge({ mark, children }: { mark: Mark; children: string }) {
  return (
    <span className={`badge badge-${mark}`}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path
          d={SIGNS[mark]}
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {children}
    </span>
  );
}

/** When it came to its end, or to where it waits for a person to move it on; undefined while it goes on. */
export function endedAt({
  state,
  completedAt,
  updatedAt,
}: Pick<WorkflowStatus, 'state' | 'completedAt' | 'updatedAt'>): number | undefined {
  return completedAt ?? (state === 'error' ? updatedAt : undefined);
}

/** Whether it could go on, and no worker has taken it. */
export function isQueued({ claim, awaiting, failure, completedAt }: Standing): boolean {
  return [claim, awaiting, failure, completedAt].every((one) => one === undefined);
}

function markOf(status: Standing): Mark {
  const { state, awaiting, claim, completedAt } = status;
  if (completedAt !== undefined) return 'done';
  if (state === 'error') return isCancelled(status) ? 'cancelled' : 'failed';
  if (awaiting !== undefined) return 'waiting';
  return claim === undefined ? 'idle' : 'active';
}

function wordsOf(
  { state, awaiting }: Pick<WorkflowStatus, 'state' | 'awaiting'>,
  mark: Mark,
): string {
  switch (mark) {
    case 'done':
      return title(state);
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
    case 'waiting':
      return awaiting?.kind === 'approval' ? 'Needs approval' : 'Needs answers';
    case 'active':
      return title(state);
    case 'idle':
      return `${title(state)}, queued`;
  }
}
