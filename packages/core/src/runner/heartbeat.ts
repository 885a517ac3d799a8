import { BatonError } from '../model/errors.ts';
import type { Claim } from '../model/workflow.ts';
import type { ResolvedRunnerOptions } from './runner-options.ts';

/**
 * Renews a claim each third of its lease until `stop` aborts. Aborts `lost` when the claim is gone,
 * or when it could not be renewed for so long that it may have expired.
 */
export async function heartbeat(
  { source, clock, leaseMs }: ResolvedRunnerOptions,
  workflowId: string,
  claim: Claim,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  let heldUntil = clock.now() + leaseMs;
  for (;;) {
    await clock.sleep(leaseMs / 3, stop);
    if (stop.aborted) return;
    const asked = clock.now();
    try {
      if (!(await source.renewClaim({ workflowId, token: claim.token, leaseMs }))) {
        lost.abort(new BatonError('stale_claim', `the claim on workflow ${workflowId} was lost`));
        return;
      }
      heldUntil = asked + leaseMs;
    } catch (reason) {
      if (clock.now() >= heldUntil) {
        lost.abort(
          new BatonError('stale_claim', 'the claim could not be renewed', { cause: reason }),
        );
        return;
      }
    }
  }
}
