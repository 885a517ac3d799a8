import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ClaimOffer } from '../model/requests.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import { backoffMs } from '../waits.ts';
import type { AttemptRecord } from './attempt-record.ts';
import type { Performed } from './perform.ts';
import { reportWithRetry } from './report-with-retry.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';
import type { RunnerState } from './runner-state.ts';
import { storableText } from './storable-text.ts';

/** An attempt that is over, and under what it was made. */
export interface Attempt {
  readonly assignment: Assignment;
  readonly claim: ClaimedAssignment['claim'];
  readonly record: AttemptRecord;
}

/** As long as a report may ask for. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;
const MESSAGE_CHARACTERS = 32 * 1024;
const DETAILS_CHARACTERS = 512 * 1024;
/** What an advance is refused with because of its output. */
const OF_THE_OUTPUT: ReadonlySet<string> = new Set(['invalid_input', 'limit_exceeded']);

/**
 * Reports what a role answered, under the claim that it worked under. An output that does not pass
 * its gates goes back, with what was found as the reason, as the role would have had to send it. One that
 * misses its schema, or is too large, is a slip of this attempt: another one may be made.
 *
 * @throws BatonError retryable: `gate_not_passed` where no earlier phase could do it again, and
 * `invalid_input` or `limit_exceeded` for an output that the workflow cannot take.
 */
export async function reportOutcome(
  { options, stopping, aborting }: RunnerState,
  attempt: Attempt,
  { outcome, checkpoint }: Performed,
): Promise<ClaimedAssignment | undefined> {
  const { assignment } = attempt;
  // Decided once: a report that is repeated has to be the same.
  const offers = stopping.aborted ? undefined : options.offers;
  const tell = (told: Outcome): Promise<ClaimedAssignment | undefined> =>
    reportWithRetry(
      options,
      () => report(options, attempt, { outcome: told, checkpoint }, offers),
      aborting,
    );
  try {
    return await tell(outcome);
  } catch (reason) {
    const error = BatonError.from(reason);
    if (outcome.kind === 'advance' && OF_THE_OUTPUT.has(error.code)) throw onceMore(error);
    if (error.code !== 'gate_not_passed') throw error;
    const back: Outcome = { kind: 'request_retry', reason: cut(error.message) };
    options.onReport({ kind: 'gate_not_passed', assignment, error });
    try {
      return await tell(back);
    } catch (refusal) {
      if (BatonError.from(refusal).code !== 'illegal_transition') throw refusal;
      throw onceMore(error);
    }
  }
}

function onceMore({ code, message, violations, legal }: BatonError): BatonError {
  return new BatonError(code, message, { violations, legal, retryable: true });
}

async function report(
  { source }: ResolvedRunnerOptions,
  { assignment, claim, record }: Attempt,
  { outcome, checkpoint }: { readonly outcome: Outcome } & Pick<Performed, 'checkpoint'>,
  takeNext: readonly ClaimOffer[] | undefined,
): Promise<ClaimedAssignment | undefined> {
  const { workflowId, role, state } = assignment;
  const { usage, notes } = record;
  // The token names this attempt, so that reporting twice is reporting once.
  const requestId = `${claim.token}:${outcome.kind}`;
  const common = { workflowId, claimToken: claim.token, requestId, usage, notes: [...notes] };
  switch (outcome.kind) {
    case 'advance':
      return nextOf(
        await source.advance({
          ...common,
          role,
          completedState: state,
          result: outcome.result,
          nextState: outcome.nextState,
          checkpoint,
          takeNext,
        }),
      );
    case 'request_retry':
      return nextOf(
        await source.requestRetry({
          ...common,
          by: role,
          reason: cut(outcome.reason),
          details:
            outcome.details === undefined
              ? undefined
              : storableText(outcome.details, DETAILS_CHARACTERS),
          targetState: outcome.targetState,
          checkpoint,
          takeNext,
        }),
      );
    case 'ask':
      await source.ask({ ...common, questions: outcome.questions });
      return undefined;
    case 'fail':
      await source.failAttempt({
        ...common,
        code: 'role_failed',
        message: cut(outcome.reason),
        retryable: false,
      });
      return undefined;
  }
}

/**
 * Reports that the attempt came to nothing; the next one waits for a while.
 *
 * @param error without secrets.
 */
export async function reportFailure(
  { options, aborting }: RunnerState,
  { assignment, claim, record }: Attempt,
  error: BatonError,
): Promise<void> {
  const givenBack = error.code === 'cancelled';
  const { backoff, random, source } = options;
  const asked = Number(error.metadata['retryAfterMs'] ?? 0) || 0;
  const least = givenBack ? 0 : backoffMs(assignment.attempt, backoff, random);
  const retryAfterMs = Math.min(Math.max(least, Math.ceil(asked)), LONGEST_PAUSE_MS);
  const report = () =>
    source.failAttempt({
      workflowId: assignment.workflowId,
      claimToken: claim.token,
      requestId: `${claim.token}:failure`,
      code: error.code,
      message: cut(error.message) || error.code,
      retryable: error.retryable,
      retryAfterMs,
      usage: record.usage,
      notes: [...record.notes],
    });
  await reportWithRetry(options, report, aborting);
}

/**
 * Reports what an attempt used that lost its claim. The orchestrator refuses the report, as it should,
 * but has the usage. The runner waits no longer for it than for any other report.
 */
export async function reportLost(
  { options, aborting }: RunnerState,
  { assignment, claim, record }: Attempt,
): Promise<void> {
  if (record.usage.requests === 0) return;
  const report = () =>
    options.source.failAttempt({
      workflowId: assignment.workflowId,
      claimToken: claim.token,
      requestId: `${claim.token}:lost`,
      code: 'stale_claim',
      message: 'the claim was lost',
      retryable: true,
      usage: record.usage,
      notes: [...record.notes],
    });
  await reportWithRetry(options, report, aborting).catch(() => undefined);
}

/** What came with the reply to a report. */
function nextOf({ next }: { readonly next?: ClaimedAssignment }): ClaimedAssignment | undefined {
  return next;
}

function cut(message: string): string {
  return storableText(message, MESSAGE_CHARACTERS);
}
