import { BatonError } from '../model/errors.ts';
import { NO_USAGE } from '../model/usage.ts';
import type { AvailableWork } from '../orchestrator/views.ts';
import { heartbeat } from './heartbeat.ts';
import { perform } from './perform.ts';
import { reportFailure, reportOutcome } from './report-outcome.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Codes that say that somebody else was faster or that the workflow has moved: nothing to do. */
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
): Promise<void> {
  const requestId = `accept:${state}:${revision}`;
  await overtakenIsFine(async () => {
    await source.advance({ workflowId, role, completedState: state, requestId });
    onReport({ kind: 'accepted', workflowId, state });
  });
}

/** Claims an assignment, has it performed, and reports what came of it. */
export async function work(
  options: ResolvedRunnerOptions,
  { workflowId }: AvailableWork,
  stopping: AbortSignal,
): Promise<void> {
  const { source, worker, roles, leaseMs, clock, onReport } = options;
  await overtakenIsFine(async () => {
    const { claim, assignment } = await source.claim({
      workflowId,
      worker,
      roles: roles.map(({ role }) => role),
      leaseMs,
    });
    onReport({ kind: 'performing', assignment });
    const startedAt = clock.now();
    const lost = new AbortController();
    const done = new AbortController();
    const beating = heartbeat(options, workflowId, claim, lost, done.signal);
    try {
      const signal = AbortSignal.any([lost.signal, stopping]);
      const performed = await perform(options, assignment, signal, { usage: NO_USAGE, notes: [] });
      await reportOutcome(options, assignment, claim, performed);
      const durationMs = clock.now() - startedAt;
      onReport({ kind: 'outcome', assignment, outcome: performed.outcome, durationMs });
    } catch (reason) {
      const found = BatonError.from(reason);
      if (lost.signal.aborted || found.code === 'stale_claim') throw found;
      // A runner that stops gives its assignment back; that must not count as the role's failure.
      const error = stopping.aborted ? stopped(found) : found;
      onReport({ kind: 'attempt_failed', assignment, error });
      await reportFailure(options, assignment, claim, error);
    } finally {
      done.abort();
      await beating;
    }
  });
}

function stopped(cause: BatonError): BatonError {
  return new BatonError('cancelled', 'the runner was stopped', { retryable: true, cause });
}

async function overtakenIsFine(attempt: () => Promise<void>): Promise<void> {
  try {
    await attempt();
  } catch (reason) {
    if (!OVERTAKEN.has(BatonError.from(reason).code)) throw reason;
  }
}
