import { BatonError } from '../model/errors.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import type { Taker } from './taker.ts';

/**
 * A worker that has let a claim run out without a word is gone, or cannot be reached: it gets no more. It may
 * have renewed its claims in another process.
 */
export async function recheckExpired(context: OrchestratorContext, taker: Taker): Promise<void> {
  const { clock } = context.options;
  for (const workflowId of taker.expired(clock.now())) {
    const token = taker.holds(workflowId);
    const claim = (await load(context, workflowId).catch(() => undefined))?.snapshot.claim;
    if (claim !== undefined && claim.token === token) {
      if (claim.expiresAt > clock.now()) {
        taker.renewed(workflowId, claim.expiresAt);
        continue;
      }
      const message = `the claim on workflow ${workflowId} ran out without a renewal: no more work is given to a worker that may be gone`;
      taker.stream.end(new BatonError('unavailable', message));
      return;
    }
    context.takers.release(workflowId);
  }
}
