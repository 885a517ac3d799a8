import type { Assignment, Outcome, RoleContext, Workspace, WorkspaceSnapshot } from '@baton/core';
import { asOf, outcomeSchema } from '@baton/core/internal';

/** An outcome that hands an output over. */
export type AdvanceOutcome = Extract<Outcome, { kind: 'advance' }>;

/**
 * Compares the claims of a role with the workspace before the outcome is reported. Returns the violations,
 * each a sentence that says what was claimed and what was found; an empty list accepts the outcome. The
 * workspace of `context` answers about one snapshot: a review does not see what changes meanwhile.
 */
export type OutcomeReview = (
  outcome: AdvanceOutcome,
  assignment: Assignment,
  context: RoleContext,
) => Promise<readonly string[]>;

/** Runs the reviews in order, on the same files, and returns all violations. Notes each as `claim_refused`. */
export async function violationsOf(
  reviews: readonly OutcomeReview[],
  outcome: Outcome,
  assignment: Assignment,
  context: RoleContext,
): Promise<readonly string[]> {
  // The runner refuses an invalid outcome; a role from a module may return anything.
  if (!outcomeSchema.safeParse(outcome).success || outcome.kind !== 'advance') return [];
  const { workspace } = context;
  const reviewed = workspace && asOf(workspace, readWhenAsked(workspace));
  const found: string[] = [];
  for (const review of reviews) {
    found.push(...(await review(outcome, assignment, { ...context, workspace: reviewed })));
  }
  for (const message of found) context.note({ code: 'claim_refused', message });
  return found;
}

/** A snapshot that is taken at the first question: many reviews have none about an output. */
function readWhenAsked(workspace: Workspace): WorkspaceSnapshot {
  let taken: Promise<WorkspaceSnapshot> | undefined;
  const snapshot = () => {
    taken ??= workspace.snapshot();
    return taken;
  };
  return {
    digest: async (of) => (await snapshot()).digest(of),
    files: async () => (await snapshot()).files(),
    changedFiles: async (since) => (await snapshot()).changedFiles(since),
  };
}

/** Files to name; the rest is counted. */
const NAMED = 20;

/** Names the first files of a list and counts the rest. */
export function nameFiles(paths: readonly string[]): string {
  const more = paths.length - NAMED;
  const named = paths.slice(0, NAMED).join(', ');
  return more > 0 ? `${named} and ${more} more` : named;
}
