import type { ClaimTerms } from '../machine/command.ts';
import { offerFor } from '../machine/take-next.ts';
import type { Work } from './backlog.ts';
import type { OrchestratorContext } from './context.ts';

/** Whether one of the offers is for it, and may have the permits that it needs. */
export function mayClaim(
  { concurrency }: OrchestratorContext,
  offers: readonly ClaimTerms[],
  projectId: string,
  role: string,
): boolean {
  const principal = offerFor(offers, role, projectId)?.principal;
  return principal !== undefined && concurrency.mayHave(projectId, role, principal);
}

/** A worker tries to claim the work. Returns how to undo what was noted for it. */
export function tries(
  { concurrency }: OrchestratorContext,
  offers: readonly ClaimTerms[],
  { projectId, role }: Work,
): () => void {
  const principal = offerFor(offers, role, projectId)?.principal;
  return principal === undefined ? () => undefined : concurrency.tries(projectId, role, principal);
}

/** The roles of the offers that limits leave room for, in whatever project. */
export function openRoles(
  { concurrency }: OrchestratorContext,
  offers: readonly ClaimTerms[],
): readonly string[] {
  return offers.flatMap(({ roles, principal }) =>
    roles.filter((role) => concurrency.mayPerform(role, principal)),
  );
}

/**
 * Whether a worker is not to go on with a workflow of this project, because another project waits that no worker
 * of this process serves: each has its turn.
 */
export function mustYield(
  context: OrchestratorContext,
  offers: readonly ClaimTerms[],
  projectId: string,
): boolean {
  const { ready, takers } = context;
  const waits = (other: string, role: string): boolean =>
    other !== projectId && !takers.serves(other) && mayClaim(context, offers, other, role);
  return offers.some(({ roles }) => ready.hasFor(roles, waits));
}
