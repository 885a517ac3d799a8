import type { RollbackPlan } from '../model/views.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** Artifacts read at a time. */
const PAGE = 1000;

/**
 * The plan with how many artifacts become superseded: those of the withdrawn phases that are not so yet. The
 * first attempt after the rollback marks them, see `ArtifactStore.supersede`.
 */
export async function countWithdrawn(
  artifacts: Pick<ArtifactStore, 'list'>,
  plan: RollbackPlan,
): Promise<RollbackPlan> {
  const { workflowId } = plan;
  const byKind: Record<string, number> = {};
  for (const { state } of plan.withdrawn) {
    for (let after = 0, more = true; more; ) {
      const page = await artifacts.list({ workflowId, state, after, limit: PAGE });
      for (const { kind, superseded } of page) {
        if (!superseded) byKind[kind] = (byKind[kind] ?? 0) + 1;
      }
      after = page.at(-1)?.number ?? after;
      more = page.length === PAGE;
    }
  }
  return { ...plan, artifacts: { byKind } };
}
