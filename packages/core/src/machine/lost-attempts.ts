import { modelOf } from '../model/usage-counters.ts';
import type { LostAttempt, WorkflowSnapshot } from '../model/workflow.ts';

/** Kept of one workflow; who comes later than that many others is not heard any more. */
const MOST = 10;

/**
 * The claim that ends with a change that its holder does not make, as an attempt that is lost.
 *
 * @param reporter the token of the claim under which the change is made.
 */
export function lostBy(
  { claim, path, attempt, role }: WorkflowSnapshot,
  patch: Partial<WorkflowSnapshot>,
  reporter: string | undefined,
): LostAttempt | undefined {
  if (claim === undefined || !('claim' in patch) || claim.token === reporter) return undefined;
  const { token, worker, reserved } = claim;
  const { phase } = path.at(-1) as { phase: string };
  return { token, worker, phase, attempt, reserved, role, model: modelOf(claim.principal) };
}

export function withLost(
  known: WorkflowSnapshot['lostAttempts'],
  lost: LostAttempt,
): WorkflowSnapshot['lostAttempts'] {
  return [...(known ?? []), lost].slice(-MOST);
}

export function lostEvent({ claim, state }: WorkflowSnapshot, lost: LostAttempt, now: number) {
  const why = claim !== undefined && claim.expiresAt <= now ? 'expired' : 'withdrawn';
  const data = { state, attempt: lost.attempt, why };
  return { type: 'attempt_lost', triggeredBy: lost.worker, data } as const;
}
