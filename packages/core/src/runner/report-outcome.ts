import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import type { Claim } from '../model/workflow.ts';
import { backoffMs } from './backoff.ts';
import type { Performed } from './perform.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Times that an outcome is reported again while the store is away, before its lease runs out. */
const MAX_REPORTS = 10;

/** Reports what a role answered, under the claim that it worked under. */
export async function reportOutcome(
  options: ResolvedRunnerOptions,
  assignment: Assignment,
  claim: Claim,
  { outcome, checkpoint }: Performed,
): Promise<void> {
  const { source } = options;
  const { workflowId, role, state } = assignment;
  // The token names this attempt, so that reporting twice is reporting once.
  const common = { workflowId, claimToken: claim.token, requestId: `${claim.token}:outcome` };
  await persistently(options, async () => {
    switch (outcome.kind) {
      case 'advance':
        return source.advance({
          ...common,
          role,
          completedState: state,
          result: outcome.result,
          nextState: outcome.nextState,
          checkpoint,
        });
      case 'request_retry':
        return source.requestRetry({
          ...common,
          requestedBy: role,
          reason: outcome.reason,
          details: outcome.details,
          targetState: outcome.targetState,
          checkpoint,
        });
      case 'fail':
        return source.failAttempt({
          ...common,
          code: 'role_failed',
          message: outcome.reason,
          retryable: false,
        });
    }
  });
}

/** Reports that the attempt came to nothing; the next one waits for a while. */
export async function reportFailure(
  options: ResolvedRunnerOptions,
  assignment: Assignment,
  claim: Claim,
  error: BatonError,
): Promise<void> {
  const givenBack = error.code === 'cancelled';
  const retryAfterMs = givenBack
    ? 0
    : backoffMs(assignment.attempt, options.backoff, options.random);
  await persistently(options, () =>
    options.source.failAttempt({
      workflowId: assignment.workflowId,
      claimToken: claim.token,
      requestId: `${claim.token}:failure`,
      code: error.code,
      message: error.message === '' ? error.code : error.message,
      retryable: error.retryable,
      retryAfterMs,
    }),
  );
}

/** Repeats `report` while the store is away: the request id makes that safe. */
async function persistently(
  { clock, backoff, random }: ResolvedRunnerOptions,
  report: () => Promise<unknown>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await report();
      return;
    } catch (reason) {
      const error = BatonError.from(reason);
      if (!error.retryable || attempt === MAX_REPORTS) throw error;
      await clock.sleep(backoffMs(attempt, backoff, random));
    }
  }
}
