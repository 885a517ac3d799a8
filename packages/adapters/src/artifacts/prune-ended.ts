import type { ArtifactRetention, ArtifactStore, PrunedArtifacts } from '@baton/core';

/**
 * Removes what the retention lets go, of workflows that have ended: what an open one rests on stays, however old
 * it is.
 *
 * @param hasEnded whether nothing rests on a workflow's artifacts any more.
 */
export async function pruneEnded(
  artifacts: Pick<ArtifactStore, 'prune'>,
  retention: ArtifactRetention,
  hasEnded: (workflowId: string) => Promise<boolean>,
): Promise<PrunedArtifacts> {
  const { workflowIds } = await artifacts.prune({ ...retention, dryRun: true });
  const only: string[] = [];
  for (const workflowId of workflowIds) if (await hasEnded(workflowId)) only.push(workflowId);
  return artifacts.prune({ ...retention, only });
}
