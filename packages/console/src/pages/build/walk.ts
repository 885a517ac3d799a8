import type { WorkflowEvent } from '@baton/core/api';
import { text } from '../../components/json-fields.ts';

/** The way that a workflow has taken through its states. */
export interface Walk {
  /** How often each state was entered. */
  readonly visits: ReadonlyMap<string, number>;
  /** How often each move was made, by `moveKey`. */
  readonly moves: ReadonlyMap<string, number>;
  /** The states in the order in which they were entered. */
  readonly steps: readonly string[];
}

export function moveKey(from: string, to: string): string {
  return `${from}\n${to}`;
}

/** Every event that moves a workflow says from where and to where. */
export function walkOf(events: readonly WorkflowEvent[]): Walk {
  const visits = new Map<string, number>();
  const moves = new Map<string, number>();
  const steps: string[] = [];
  for (const { type, data } of events) {
    const to = text(data, 'to');
    if (to === undefined || !MOVING.has(type)) continue;
    const from = text(data, 'from');
    visits.set(to, (visits.get(to) ?? 0) + 1);
    steps.push(to);
    if (from !== undefined) {
      const key = moveKey(from, to);
      moves.set(key, (moves.get(key) ?? 0) + 1);
    }
  }
  return { visits, moves, steps };
}

const MOVING: ReadonlySet<string> = new Set([
  'workflow_started',
  'state_advanced',
  'retry_requested',
  'rollback_requested',
  'workflow_failed',
  'workflow_cancelled',
  'workflow_recovered',
]);
