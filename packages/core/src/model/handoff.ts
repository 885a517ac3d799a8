import type { JsonObject } from './json.ts';
import type { Role, State } from './vocabulary.ts';

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
