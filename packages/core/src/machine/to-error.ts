import { ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Failure, WorkflowSnapshot } from '../model/workflow.ts';
import { change, type EventDraft, entering } from './change.ts';
import type { Change, Decision } from './command.ts';

export interface FailureReason {
  readonly code: string;
  readonly message: string;
  readonly triggeredBy: string;
}

/** The workflow fails where it stands and waits for a person in `error`. */
export function toError(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  now: number,
  { code, message, triggeredBy }: FailureReason,
  before: readonly EventDraft[] = [],
  claimExpiredBy?: number,
): Change {
  const phase = (snapshot.path.at(-1) as { phase: string }).phase;
  const failure: Failure = { state: snapshot.state, phase, code, message, at: now };
  const failed: EventDraft = {
    type: 'workflow_failed',
    triggeredBy,
    data: { from: snapshot.state, to: ERROR_STATE, phase, code, message },
  };
  return change(
    snapshot,
    now,
    { ...entering(definition, ERROR_STATE, now), failure },
    [...before, failed],
    undefined,
    claimExpiredBy,
  );
}

/** Past its deadline a workflow goes to `error`, whatever was asked of it. */
export function divertWhenTimedOut(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  now: number,
): Decision<never> | undefined {
  if (now < snapshot.deadline) return undefined;
  const seconds = snapshot.limits.timeoutMs / 1000;
  const message = `workflow ${snapshot.id} ran out of its ${seconds} s in state '${snapshot.state}'`;
  const reason = { code: 'timed_out', message, triggeredBy: 'deadline' };
  return {
    kind: 'diverted',
    change: toError(definition, snapshot, now, reason),
    error: new BatonError('timed_out', `${message}; it waits in 'error' for a retry or a rollback`),
  };
}
