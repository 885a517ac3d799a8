import { BatonError } from '@baton/core';
import type { PartsToAsk } from './prompt.ts';

const YES = /^y(es)?$/i;
const NO = /^no?$/i;

/**
 * Asks whether a move may be made; if not, why, as feedback for the role that does it again.
 *
 * @throws BatonError `not_owner` when others have to decide.
 */
export async function askForApproval(parts: PartsToAsk): Promise<void> {
  const { operations, person, prompt, status } = parts;
  const { awaiting, state, workflowId } = status;
  if (awaiting?.kind !== 'approval') return;
  const { approvers, to } = awaiting;
  if (approvers.length > 0 && !approvers.includes(person)) {
    const message = `'${state}' → '${to}' is for ${approvers.join(' or ')} to approve, and this terminal answers as '${person}'; an approver who holds the token answers with baton approve --by <approver> (Baton records the name as given: the token is what it checks)`;
    throw new BatonError('not_owner', message, { legal: approvers });
  }
  prompt.say(`\n'${state}' → '${to}' waits for approval.`);
  const decision = { workflowId, by: person };
  for (;;) {
    const said = await prompt.line('Approve? (yes/no) ');
    if (YES.test(said)) {
      await operations.decideApproval({ ...decision, approved: true });
      return;
    }
    if (!NO.test(said)) continue;
    const reason = await prompt.line('What must be done differently? ');
    if (reason === '') continue;
    await operations.decideApproval({ ...decision, approved: false, reason });
    return;
  }
}
