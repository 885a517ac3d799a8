import { BatonError } from '../model/errors.ts';
import type { Claim } from '../model/workflow.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/**
 * Renews a claim each third of its lease until `stop` aborts. Aborts `lost` when the claim is gone,
 * or when it could not be renewed for so long that it may have expired.
 */
export async function heartbeat(
  options: ResolvedRunnerOptions,
  workflowId: string,
  claim: Claim,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  const { clock, leaseMs } = options;
  let heldUntil = clock.now() + leaseMs;
  const lose = (why: string, cause?: unknown): void =>
    lost.abort(new BatonError('stale_claim', why, { cause }));
  for (;;) {
    await clock.sleep(leaseMs / 3, stop);
    if (stop.aborted) return;
    const asked = clock.now();
    const renewal = await renew(options, workflowId, claim.token, heldUntil - asked, stop);
    if (stop.aborted) return;
    if (renewal.kind === 'held') heldUntil = asked + leaseMs;
    if (renewal.kind === 'gone') return lose(`the claim on workflow ${workflowId} was lost`);
    if (renewal.kind === 'unknown' && clock.now() >= heldUntil) {
      return lose('the claim could not be renewed', renewal.reason);
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
