import type { ClaimTerms } from '../machine/command.ts';
import { takeUp } from '../machine/take-up.ts';
import type { Reply } from '../model/replies.ts';
import type { ClaimedAssignment } from '../model/views.ts';
import { failAttempt } from './changes.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';

/** Takes what there is to do in a workflow: claims its phase, or accepts its handoff and claims what follows. */
export function takeUpWork(
  context: OrchestratorContext,
  offers: readonly ClaimTerms[],
  workflowId: string,
): Promise<Reply & { readonly next?: ClaimedAssignment }> {
  const { clock, ids } = context.options;
  const token = ids.claimToken();
  return mutate<Reply>(context, {
    operation: 'take_up',
    workflowId,
    requestId: undefined,
    body: {},
    fresh: true,
    takeNext: [],
    decide: (definition, snapshot) =>
      takeUp(definition, snapshot, { offers, token, now: clock.now() }),
  });
}

/** What was claimed for a worker that is gone is for others to take at once, not after its lease. */
export async function giveBack(
  context: OrchestratorContext,
  { claim, assignment }: ClaimedAssignment,
): Promise<void> {
  const report = {
    workflowId: assignment.workflowId,
    claimToken: claim.token,
    code: 'cancelled',
    message: 'its worker was gone before it had the assignment',
    retryable: true,
  };
  // A claim that is not given back runs out.
  await failAttempt(context, report).catch(() => undefined);
}
