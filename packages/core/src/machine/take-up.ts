import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import type { Reply } from '../model/replies.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import { advance } from './advance.ts';
import { claim } from './claim.ts';
import type { Decision } from './command.ts';
import { NO_REPORT } from './settle.ts';
import { claimCommand, offerFor, type Taken, type Taking, takeNext } from './take-next.ts';

/**
 * A worker takes what there is to do in `snapshot`: it claims the phase, or accepts the handoff and claims the
 * phase behind it. Refused as the claim or the acceptance alone would be.
 */
export function takeUp(
  definition: WorkflowDefinition,
  snapshot: WorkflowSnapshot,
  taking: Taking,
): Decision<Taken<Reply>> {
  const { id, state, role, projectId } = snapshot;
  const offer = offerFor(taking.offers, role, projectId);
  if (offer === undefined) {
    const message = `there is nothing to do for these roles in '${state}' of workflow ${id}`;
    return { kind: 'rejected', error: new BatonError('wrong_state', message) };
  }
  if (definition.states[state]?.kind !== 'handoff') {
    const claimed = claim(definition, snapshot, claimCommand(offer, taking));
    if (claimed.kind !== 'accepted' && claimed.kind !== 'unchanged') return claimed;
    return { ...claimed, reply: { ...claimed.reply, taken: claimed.reply } };
  }
  const accepted = advance(definition, snapshot, {
    ...NO_REPORT,
    kind: 'advance',
    role: role as string,
    completedState: state,
    now: taking.now,
  });
  return accepted.kind === 'accepted' ? takeNext(definition, accepted, taking) : accepted;
}
