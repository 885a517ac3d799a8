import { BatonError } from '../model/errors.ts';
import type { DeclaredPrincipal, Principal } from '../model/principal.ts';
import type { AvailableWork, ClaimedAssignment } from '../model/views.ts';
import type { WorkSource } from '../orchestrator/operations.ts';
import { untilAborted } from '../waits.ts';
import { createAttemptRecord } from './attempt-record.ts';
import { heartbeat } from './heartbeat.ts';
import { tellLastWords } from './last-words.ts';
import { perform } from './perform.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { type Attempt, reportFailure, reportLost, reportOutcome } from './report-outcome.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Codes that say that another worker was faster or that the workflow has moved: nothing to do. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  'wrong_state',
  'stale_claim',
  'stale_epoch',
  'stale_revision',
  'not_found',
]);

/** Takes a baton over a border for its taker: there is nothing to perform. */
export async function acceptHandoff(
  { source, onReport }: ResolvedRunnerOptions,
  { workflowId, state, role, revision }: AvailableWork,
  stopping: AbortSignal,
): Promise<void> {
  await overtakenIsFine(async () => {
    const accept = { workflowId, role, completedState: state, expectedRevision: revision };
    await untilAborted(() => source.advance(accept), stopping);
    onReport({ kind: 'accepted', workflowId, state });
  });
}

/** Claims an assignment, has it performed, and reports what came of it. */
export async function work(
  options: ResolvedRunnerOptions,
  available: AvailableWork,
  stopping: AbortSignal,
): Promise<void> {
  await overtakenIsFine(async () => {
    const { claim, assignment } = await claimWork(options, available, stopping);
    await attempt(options, { claim, assignment, record: createAttemptRecord() }, stopping);
  });
}

async function claimWork(
  { source, worker, roles, leaseMs }: ResolvedRunnerOptions,
  { workflowId, role }: AvailableWork,
  stopping: AbortSignal,
): Promise<ClaimedAssignment> {
  const { principal, reserve } = roles.find((one) => one.role === role) ?? {};
  const claiming = source.claim({
    workflowId,
    worker: principal?.worker ?? worker,
    roles: [role],
    leaseMs,
    principal: principal && withoutWorker(principal),
    reserve,
  });
  try {
    return await untilAborted(() => claiming, stopping);
  } catch (reason) {
    // A claim that is granted after all is for others to take at once, not after its lease.
    if (stopping.aborted)
      void claiming.then((late) => giveBack(source, late)).catch(() => undefined);
    throw reason;
  }
}

/** The worker is named beside the principal in a claim. */
function withoutWorker({ worker: _, ...principal }: DeclaredPrincipal): Principal {
  return principal;
}

function giveBack(source: WorkSource, { claim, assignment }: ClaimedAssignment): Promise<unknown> {
  const { workflowId } = assignment;
  const { code, message, retryable } = stopped(undefined);
  return source.failAttempt({ workflowId, claimToken: claim.token, code, message, retryable });
}

async function attempt(
  options: ResolvedRunnerOptions,
  made: Attempt,
  stopping: AbortSignal,
): Promise<void> {
  const { clock, onReport, errorOf } = options;
  const { assignment, claim, record } = made;
  onReport({ kind: 'performing', assignment });
  const startedAt = clock.now();
  const lost = new AbortController();
  const done = new AbortController();
  const { progress, end } = createProgressReporter(options, assignment, claim);
  let hasPerformed = false;
  const beating = heartbeat(options, assignment.workflowId, claim, lost, done.signal);
  try {
    const signal = AbortSignal.any([lost.signal, stopping]);
    const performed = await perform(options, assignment, { record, progress }, signal).finally(end);
    hasPerformed = true;
    await reportOutcome(options, made, performed, stopping);
    const durationMs = clock.now() - startedAt;
    onReport({ kind: 'outcome', assignment, outcome: performed.outcome, durationMs });
  } catch (reason) {
    const found = errorOf(reason);
    // A role that throws such an error says nothing of its claim.
    if (lost.signal.aborted || (hasPerformed && found.code === 'stale_claim')) {
      await reportLost(options, made, stopping);
      throw found;
    }
    // A runner that stops gives its assignment back; that must not count as the role's failure.
    const error = tellLastWords(stopping.aborted ? stopped(found) : found, found);
    onReport({ kind: 'attempt_failed', assignment, error });
    await reportFailure(options, made, error, stopping);
  } finally {
    done.abort();
    await beating;
  }
}

function stopped(cause: BatonError | undefined): BatonError {
  return new BatonError('cancelled', 'the runner was stopped', { retryable: true, cause });
}

async function overtakenIsFine(attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (reason) {
    if (!OVERTAKEN.has(BatonError.from(reason).code)) throw reason;
  }
}
