import { BatonError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { Role, State } from './vocabulary.ts';

/**
 * What the audit trail can say. Those that move the workflow carry `from` and `to` in their data;
 * read in order, these pairs are the walk through the states.
 */
export const EVENT_TYPES = [
  'workflow_started',
  'state_advanced',
  'assignment_claimed',
  'attempt_failed',
  'attempt_lost',
  'retry_requested',
  'rollback_requested',
  'workflow_failed',
  'workflow_cancelled',
  'workflow_recovered',
  'question_asked',
  'question_answered',
  'approval_requested',
  'approval_decided',
  'definition_changed',
  'noted',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** One entry of the audit trail. */
export interface WorkflowEvent {
  readonly workflowId: string;
  /** From 1, without gaps, per workflow. */
  readonly sequence: number;
  /** A store or a server of a newer version may know more types: leave out what you don't know. */
  readonly type: EventType | (string & Record<never, never>);
  /** The role, worker or user that caused it. */
  readonly triggeredBy: string;
  readonly data: JsonObject;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly revision: number;
  readonly epoch: number;
}

/** The record of what one role passed to the next. */
export interface Handoff {
  readonly workflowId: string;
  /** From 1, without gaps, per workflow. */
  readonly number: number;
  readonly fromRole: Role;
  /** Absent when the workflow is complete: no role takes over. */
  readonly toRole: Role | undefined;
  readonly fromState: State;
  readonly toState: State;
  readonly data: JsonObject;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/**
 * That numbered records of one workflow follow one another: numbers are given without gaps, so one that
 * is missing is one that the store has lost.
 *
 * @param what the records, in the plural.
 * @param after the number before the first of them.
 * @throws BatonError `data_loss`.
 */
export function refuseGaps(
  workflowId: string,
  what: 'events' | 'handoffs',
  after: number,
  numbers: readonly number[],
): void {
  const at = numbers.findIndex((number, i) => number !== after + i + 1);
  const found = numbers[at];
  if (found === undefined) return;
  throw lostRecords(workflowId, `${what}: found number ${found}, expected ${after + at + 1}`);
}

/** The store no longer has what it had. */
export function lostRecords(workflowId: string, problem: string): BatonError {
  return new BatonError('data_loss', `workflow ${workflowId}: ${problem}`, {
    metadata: { workflowId },
  });
}
