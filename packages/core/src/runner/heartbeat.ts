import { BatonError } from '../model/errors.ts';
import type { Claim } from '../model/workflow.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/** Renewals without an answer after which an attempt is given up, if a whole lease has passed as well. */
const MOST_UNANSWERED = 3;

/**
 * Renews a claim each third of its lease until `stop` aborts. Aborts `lost` when the store says that the
 * claim is gone. That time has passed says nothing: a process that was paused for longer than its lease
 * asks like any other, and may still hold the claim. When the store does not answer,
 * `lost` aborts only after a whole lease of asking: another worker may then have the claim.
 */
export async function heartbeat(
  options: ResolvedRunnerOptions,
  workflowId: string,
  claim: Claim,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  const { clock, leaseMs } = options;
  const third = leaseMs / 3;
  let unanswered = 0;
  let firstUnanswered = 0;
  for (;;) {
    // A lost answer is asked for again at once, the next ones after a while.
    await clock.sleep(unanswered === 1 ? 0 : third, stop);
    if (stop.aborted) return;
    const asked = clock.now();
    const renewal = await renew(options, workflowId, claim.token, third, stop);
    if (stop.aborted) return;
    if (renewal.kind === 'gone') {
      const message = `the claim on workflow ${workflowId} was lost`;
      return lost.abort(new BatonError('stale_claim', message));
    }
    if (renewal.kind === 'held') {
      unanswered = 0;
      continue;
    }
    if (unanswered === 0) firstUnanswered = asked;
    unanswered++;
    if (unanswered >= MOST_UNANSWERED && clock.now() - firstUnanswered >= leaseMs) {
      const message = `the claim on workflow ${workflowId} could not be renewed: ${unanswered} times without an answer`;
      return lost.abort(new BatonError('stale_claim', message, { cause: renewal.reason }));
    }
  }
}

type Renewal =
  | { readonly kind: 'held' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly reason: unknown };

/** A renewal that is not answered within `ms` is as good as none. */
async function renew(
  { source, clock, leaseMs }: ResolvedRunnerOptions,
  workflowId: string,
  token: string,
  ms: number,
  stop: AbortSignal,
): Promise<Renewal> {
  const answered = new AbortController();
  const asking = source
    .renewClaim({ workflowId, token, leaseMs })
    .then((held): Renewal => ({ kind: held ? 'held' : 'gone' }))
    .catch((reason): Renewal => ({ kind: 'unknown', reason }));
  const waiting = clock
    .sleep(ms, AbortSignal.any([stop, answered.signal]))
    .then((): Renewal => ({ kind: 'unknown', reason: 'there was no answer' }));
  const renewal = await Promise.race([asking, waiting]);
  answered.abort();
  return renewal;
}
