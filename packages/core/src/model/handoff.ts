import type { JsonObject } from './json.ts';

/** The record of what one role passed to the next. */
export interface Handoff {
  readonly workflowId: string;
  /** From 1, without gaps, per workflow. */
  readonly number: number;
  readonly fromRole: string;
  /** Absent when the workflow is complete: nobody takes over. */
  readonly toRole: string | undefined;
  readonly fromState: string;
  readonly toState: string;
  readonly data: JsonObject;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}
