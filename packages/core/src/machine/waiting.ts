import { BatonError } from '../model/errors.ts';
import type { Awaiting, WorkflowSnapshot } from '../model/workflow.ts';

/** Later than any time: no role may claim before a person has answered. */
const NOT_BEFORE_ANSWER = 8_640_000_000_000_000;

/** What changes in a snapshot that begins to wait for a person. */
export function beginWaiting(awaiting: Awaiting): Partial<WorkflowSnapshot> {
  return { awaiting, claim: undefined, attempt: 0, notBefore: NOT_BEFORE_ANSWER };
}

/** What changes in a snapshot that has waited long enough. */
export function endWaiting(snapshot: WorkflowSnapshot, now: number): Partial<WorkflowSnapshot> {
  return { awaiting: undefined, notBefore: now, deadline: deadlineAt(snapshot, now) };
}

/** The deadline, moved by the time that was spent waiting for a person. */
export function deadlineAt({ deadline, awaiting }: WorkflowSnapshot, now: number): number {
  return awaiting === undefined ? deadline : deadline + Math.max(0, now - awaiting.since);
}

/** When the workflow times out; absent while it has no work to do, or waits for a person. */
export function timesOutAt({ role, awaiting, deadline }: WorkflowSnapshot): number | undefined {
  return role === undefined || awaiting !== undefined ? undefined : deadline;
}

/** Whether the workflow's time is over, and it is still to be moved to `error` for it. */
export function isOverdue(snapshot: WorkflowSnapshot, now: number): boolean {
  const at = timesOutAt(snapshot);
  return at !== undefined && at <= now;
}

/** Refuses work on a workflow that waits for a person. */
export function refuseWaiting(snapshot: WorkflowSnapshot): BatonError | undefined {
  const { id, awaiting } = snapshot;
  if (awaiting === undefined) return undefined;
  return new BatonError('wrong_state', `workflow ${id} waits for ${whatFor(snapshot)}`, {
    legal: ['answer question', 'decide approval', 'request retry', 'rollback'],
  });
}

/** In words: what a person has to do. */
export function whatFor({ awaiting, questions, state }: WorkflowSnapshot): string {
  if (awaiting?.kind === 'approval') {
    const who = awaiting.approvers.length === 0 ? 'a person' : awaiting.approvers.join(' or ');
    return `${who} to approve '${state}' → '${awaiting.to}'`;
  }
  const open = questions.filter(({ answer }) => answer === undefined).map(({ id }) => id);
  return `an answer to ${open.join(', ')}`;
}
