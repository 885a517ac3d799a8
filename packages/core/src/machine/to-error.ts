import { codeOfFailure } from '../model/cancelled.ts';
import { ERROR_STATE, roleToAct, type WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Failure, WorkflowSnapshot } from '../model/workflow.ts';
import { type ChangeDraft, change, type EventDraft, entering } from './change.ts';
import type { Change, Decision } from './command.ts';
import { performersAfter, type Work } from './separation.ts';
import type { AttemptReport } from './settle.ts';
import { deadlineAt } from './waiting.ts';

export interface FailureReason {
  readonly code: string;
  readonly message: string;
  readonly triggeredBy: string;
}

interface FailureDraft extends Partial<Pick<ChangeDraft, 'events' | 'claimExpiredBy' | 'report'>> {
  /** The failing work, where it is kept. */
  readonly work?: Work;
  /** Raw details of the failure, for the next worker or person on this workflow. */
  readonly details?: string | undefined;
}

/** The workflow fails where it stands and waits for a person in `error`. */
export function toError(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  now: number,
  { code: why, message, triggeredBy }: FailureReason,
  { events = [], claimExpiredBy, report, work, details }: FailureDraft = {},
): Change {
  const phase = (snapshot.path.at(-1) as { phase: string }).phase;
  const code = codeOfFailure(why);
  const failure: Failure = {
    state: snapshot.state,
    phase,
    code,
    message,
    details,
    at: now,
    by: undefined,
  };
  const failed: EventDraft = {
    type: 'workflow_failed',
    triggeredBy,
    data: {
      ...{ from: snapshot.state, to: ERROR_STATE, phase, code, message },
      ...(work?.checkpoint !== undefined && { checkpoint: { ...work.checkpoint } }),
    },
  };
  return change(snapshot, now, {
    patch: {
      ...entering(definition, ERROR_STATE, now),
      failure,
      ...(work !== undefined && {
        checkpoint: work.checkpoint ?? snapshot.checkpoint,
        performers: performersAfter(snapshot, work),
      }),
    },
    events: [...events, failed],
    claimExpiredBy,
    ...(report !== undefined && { report }),
  });
}

/** Past its deadline a workflow goes to `error`, whatever was asked of it. */
export function divertWhenTimedOut(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  now: number,
  report?: AttemptReport,
): Decision<never> | undefined {
  if (now < deadlineAt(snapshot, now)) return undefined;
  const message = outOfTime(snapshot);
  const reason = { code: 'timed_out', message, triggeredBy: 'deadline' };
  return {
    kind: 'diverted',
    change: toError(definition, snapshot, now, reason, report && { report }),
    error: new BatonError('timed_out', message),
  };
}

/**
 * The workflow as it was when its time was over, and how it refuses roles since then; undefined for a workflow that is
 * not in `error` for that. A role gets the same answer whether it or the sweep came first.
 */
export function timeoutOf(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
): { readonly before: WorkflowSnapshot; readonly error: BatonError } | undefined {
  const { state, failure } = snapshot;
  if (state !== ERROR_STATE || failure?.code !== 'timed_out') return undefined;
  const role = roleToAct(definition, failure.state);
  return {
    before: { ...snapshot, state: failure.state, role },
    error: new BatonError('timed_out', failure.message),
  };
}

/** Which limit ended it, and the ways on. */
export function outOfTime({ id, state, limits }: WorkflowSnapshot): string {
  const limit = `${limits.timeoutMs / 1000} s (its timeout)`;
  return `workflow ${id} ran out of its ${limit} in state '${state}'; it waits in 'error' for a retry, with another timeout to have more, or a rollback`;
}
