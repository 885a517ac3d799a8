import type { JsonObject } from './json.ts';

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
