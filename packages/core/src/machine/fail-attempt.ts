import { CANCELLED } from '../model/cancelled.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import type { FailAttemptReply } from '../model/replies.ts';
import type { Feedback, WorkflowSnapshot } from '../model/workflow.ts';
import { allowanceFor, RAISE_A_CAP } from './allowance.ts';
import { change, type EventDraft } from './change.ts';
import type { Decision, FailAttemptCommand } from './command.ts';
import { refuseNonHolder, refuseStale } from './guards.ts';
import { reportOfLost } from './report-of-lost.ts';
import { settle } from './settle.ts';
import { outOfTime, toError } from './to-error.ts';
import { deadlineAt } from './waiting.ts';

/** What an output is refused with: the next attempt has to know it. */
const OF_THE_OUTPUT: ReadonlySet<string> = new Set([
  'gate_not_passed',
  'invalid_input',
  'limit_exceeded',
]);

/**
 * An attempt ended without an outcome: another one follows after a while, or the workflow fails.
 * One that was cancelled (its worker stopped and gave it back) is not counted; one whose output was
 * refused by its schema, its gates or a limit leaves the reason to the next one.
 */
export function failAttempt(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  command: FailAttemptCommand,
): Decision<FailAttemptReply> {
  const { now, code, message, retryable, retryAt } = command;
  const refused =
    refuseStale(snapshot, command) ?? refuseNonHolder(snapshot, command.claimToken, now);
  if (refused !== undefined) {
    return reportOfLost(snapshot, command, refused) ?? { kind: 'rejected', error: refused };
  }
  const { attempt, limits } = snapshot;
  const worker = snapshot.claim?.worker ?? '';
  const givenBack = retryable && code === CANCELLED;
  const left = givenBack || attempt < limits.maxAttempts;
  const inTime = retryAt < snapshot.deadline;
  const again = retryable && left && inTime;
  const patch = {
    claim: undefined,
    notBefore: retryAt,
    attempt: givenBack ? attempt - 1 : attempt,
    ...(retryable && OF_THE_OUTPUT.has(code) && { feedback: withFinding(snapshot, command) }),
  };
  const failed: EventDraft = {
    type: 'attempt_failed',
    triggeredBy: worker,
    data: {
      state: snapshot.state,
      attempt,
      maxAttempts: limits.maxAttempts,
      code,
      message,
      retryable,
      ...(again && { retryAt }),
    },
  };
  const made = again
    ? change(snapshot, now, { patch, events: [failed], report: command })
    : toError(
        definition,
        snapshot,
        now,
        {
          code,
          message:
            retryable && left && !inTime ? `${message}; ${tooLate(snapshot, command)}` : message,
          ...overTime(snapshot, command),
          triggeredBy: worker,
        },
        { events: [failed], report: command },
      );
  const { id, state, role, revision, epoch } = made.snapshot;
  return {
    kind: 'accepted',
    change: made,
    reply: { workflowId: id, state, role, revision, epoch, attempt },
  };
}

/** Why the output was refused, for the next attempt, beside why the work came back to its phase before. */
function withFinding(
  { feedback: before, state, role = '' }: WorkflowSnapshot,
  { message, now }: FailAttemptCommand,
): Feedback {
  const own = before?.fromState === state && before.fromRole === role;
  const cameBack = before && [`The work came back before: ${before.reason}`, before.details];
  const details = own ? before.details : cameBack?.filter((text) => text !== undefined).join('\n');
  return { reason: message, details, fromState: state, fromRole: role, at: now };
}

/** Why no other attempt follows, though one might help. */
function tooLate({ deadline }: WorkflowSnapshot, { now, retryAt }: FailAttemptCommand): string {
  const wait = Math.ceil((retryAt - now) / 1000);
  const left = Math.max(0, Math.floor((deadline - now) / 1000));
  return `no other attempt: it would have to wait ${wait} s, and the workflow has ${left} s left until its deadline`;
}

/** An attempt that a limit on time has ended says which, and a time cap by how much. */
function overTime(
  snapshot: WorkflowSnapshot,
  command: FailAttemptCommand,
): { readonly code: string; readonly message: string } | undefined {
  const { code, retryable, now } = command;
  if (code !== 'deadline_exceeded') return undefined;
  if (snapshot.claim?.endsAt !== undefined) {
    const usage = settle(snapshot, command, now);
    const left = allowanceFor({ ...snapshot, usage }, snapshot.state, undefined);
    if (left.kind === 'used_up') {
      return { code: 'budget_spent', message: `${left.message}; ${RAISE_A_CAP}` };
    }
  }
  if (retryable || now < deadlineAt(snapshot, now)) return undefined;
  return { code: 'timed_out', message: outOfTime(snapshot) };
}
