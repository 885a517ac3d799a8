import type { ArtifactRetention, PrunedArtifacts } from '@baton/core';
import type { ArtifactBackend, WorkflowArtifacts } from './artifact-backend.ts';
import { checkRetention } from './checks.ts';

const HOUR_MS = 3_600_000;

/** Removes what the retention lets go, then what crashes left behind. */
export async function prune(
  backend: ArtifactBackend,
  given: ArtifactRetention,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<PrunedArtifacts> {
  const retention = checkRetention(given);
  return guarded(async () => {
    const going = whichGo(await backend.workflows(), retention);
    if (!retention.dryRun) for (const { workflowId } of going) await backend.remove(workflowId);
    const before = retention.now - (retention.orphansAfterMs ?? HOUR_MS);
    return {
      workflowIds: going.map(({ workflowId }) => workflowId).sort(),
      bytes: going.reduce((sum, { bytes }) => sum + bytes, 0),
      orphans: retention.dryRun ? 0 : await backend.removeOrphans(before),
    };
  });
}

function whichGo(
  workflows: readonly WorkflowArtifacts[],
  { now, afterMs, maxBytes, maxWorkflows, only }: ArtifactRetention,
): readonly WorkflowArtifacts[] {
  const newestFirst = workflows.toSorted(
    (a, b) => b.newestAt - a.newestAt || (a.workflowId < b.workflowId ? -1 : 1),
  );
  let bytes = 0;
  return newestFirst.filter((one, rank) => {
    bytes += one.bytes;
    if (only !== undefined && !only.includes(one.workflowId)) return false;
    const isOld = afterMs !== undefined && now - one.newestAt >= afterMs;
    const isBeyond = maxBytes !== undefined && bytes > maxBytes;
    return isOld || isBeyond || (maxWorkflows !== undefined && rank >= maxWorkflows);
  });
}
