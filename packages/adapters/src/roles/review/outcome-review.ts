import type { Assignment, Outcome, RoleContext } from '@baton/core';
import { outcomeSchema } from '@baton/core/internal';

/** An outcome that hands an output over. */
export type AdvanceOutcome = Extract<Outcome, { kind: 'advance' }>;

/**
 * Holds what a role claims against what can be seen, before the baton moves. Answers the
 * violations, each a sentence that says what was claimed and what was found; none: accepted.
 */
export type OutcomeReview = (
  outcome: AdvanceOutcome,
  assignment: Assignment,
  context: RoleContext,
) => Promise<readonly string[]>;

/** The violations that all of the reviews find, in their order; each is noted as `claim_refused`. */
export async function violationsOf(
  reviews: readonly OutcomeReview[],
  outcome: Outcome,
  assignment: Assignment,
  context: RoleContext,
): Promise<readonly string[]> {
  // What is no outcome, the runner refuses; a role by a module may answer anything.
  if (!outcomeSchema.safeParse(outcome).success || outcome.kind !== 'advance') return [];
  const found: string[] = [];
  for (const review of reviews) found.push(...(await review(outcome, assignment, context)));
  for (const message of found) context.note({ code: 'claim_refused', message });
  return found;
}
