import { BatonError } from '../model/errors.ts';
import { OVERTAKEN } from '../model/overtaken.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import { traced } from '../orchestrator/traced.ts';
import type { Span } from '../ports/telemetry.ts';
import { createAttemptRecord } from './attempt-record.ts';
import { tellLastWords } from './last-words.ts';
import { type Performed, perform } from './perform.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { type Attempt, reportFailure, reportLost, reportOutcome } from './report-outcome.ts';
import type { RunnerState } from './runner-state.ts';

/** Performs an assignment, reports what came of it, and goes on with what it got with that. */
export async function work(runner: RunnerState, taken: ClaimedAssignment): Promise<void> {
  try {
    let next: ClaimedAssignment | undefined = taken;
    while (next !== undefined) next = await attemptInTrace(runner, next);
  } catch (reason) {
    if (!OVERTAKEN.has(BatonError.from(reason).code)) throw reason;
  }
}

/** The attempt, and its report, in a span of the build's trace. */
function attemptInTrace(
  runner: RunnerState,
  taken: ClaimedAssignment,
): Promise<ClaimedAssignment | undefined> {
  const { workflowId, state, role, attempt: number, traceparent } = taken.assignment;
  return traced(
    runner.options.telemetry,
    `perform ${role}`,
    () => ({
      ...{ kind: 'consumer', parent: traceparent },
      attributes: {
        ...{ 'baton.workflow.id': workflowId, 'baton.state': state, 'baton.role': role },
        'baton.attempt': number,
      },
    }),
    (span) => attempt(runner, taken, span),
  );
}

async function attempt(
  runner: RunnerState,
  { claim, assignment }: ClaimedAssignment,
  span: Span | undefined,
): Promise<ClaimedAssignment | undefined> {
  const { options, heartbeats, aborting } = runner;
  const { clock, onReport, errorOf } = options;
  const made: Attempt = { assignment, claim, record: createAttemptRecord() };
  onReport({ kind: 'performing', assignment });
  const startedAt = clock.now();
  const ending = new AbortController();
  let isLost = false;
  let hasPerformed = false;
  const { workflowId } = assignment;
  const beating = heartbeats.keep({ workflowId, token: claim.token }, (error) => {
    isLost = true;
    ending.abort(error);
  });
  const abort = (): void => ending.abort(aborting.signal.reason);
  if (aborting.signal.aborted) abort();
  const unheard = aborting.onAbort(abort);
  const { progress, end } = createProgressReporter(options, assignment, claim);
  try {
    const context = { record: made.record, progress };
    let performed: Performed;
    try {
      performed = await perform(options, assignment, context, ending);
    } finally {
      end();
    }
    hasPerformed = true;
    span?.set({ 'baton.outcome': performed.outcome.kind });
    const next = await reportOutcome(runner, made, performed);
    const durationMs = clock.now() - startedAt;
    onReport({ kind: 'outcome', assignment, outcome: performed.outcome, durationMs });
    return next;
  } catch (reason) {
    const found = errorOf(reason);
    // A role that throws such an error says nothing of its claim.
    if (isLost || (hasPerformed && found.code === 'stale_claim')) {
      await reportLost(runner, made);
      throw found;
    }
    // A runner that stops gives its assignment back; that must not count as the role's failure.
    const error = tellLastWords(aborting.signal.aborted ? stopped(found) : found, found);
    onReport({ kind: 'attempt_failed', assignment, error });
    span?.set({ 'baton.outcome': 'failed', 'error.type': error.code });
    await reportFailure(runner, made, error);
    return undefined;
  } finally {
    beating.end();
    unheard();
  }
}

function stopped(cause: BatonError): BatonError {
  return new BatonError('cancelled', 'the runner was stopped', { retryable: true, cause });
}
