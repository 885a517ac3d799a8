import type { LostAttempt, WorkflowSnapshot } from '../model/workflow.ts';
import type { ChangeDraft, EventDraft } from './change.ts';

/** Kept of one workflow; who comes later than that many others is not heard any more. */
const MOST = 10;

/** The claim that ends with a change that its holder does not make, as an attempt that is lost. */
export function lostBy(
  { claim, path, attempt }: WorkflowSnapshot,
  { patch, account }: Pick<ChangeDraft, 'patch' | 'account'>,
): LostAttempt | undefined {
  if (claim === undefined || !('claim' in patch) || claim.token === account?.claimToken) {
    return undefined;
  }
  const { token, worker, reserved } = claim;
  const { phase } = path.at(-1) as { phase: string };
  return { token, worker, phase, attempt, reserved };
}

export function withLost(
  known: WorkflowSnapshot['lostAttempts'],
  lost: LostAttempt,
): WorkflowSnapshot['lostAttempts'] {
  return [...(known ?? []), lost].slice(-MOST);
}

export function lostEvent({ claim, state }: WorkflowSnapshot, lost: LostAttempt, now: number) {
  const why = claim !== undefined && claim.expiresAt <= now ? 'expired' : 'withdrawn';
  return {
    type: 'attempt_lost',
    triggeredBy: lost.worker,
    data: { state, attempt: lost.attempt, why },
  } satisfies EventDraft;
}
