import { BatonError } from '../model/errors.ts';
import { deepFreeze } from '../model/json.ts';
import type { LoadedWorkflow } from '../ports/workflow-store.ts';
import type { OrchestratorContext } from './context.ts';

/** @throws BatonError `not_found`. */
export async function load(
  context: OrchestratorContext,
  workflowId: string,
  requestId?: string,
): Promise<LoadedWorkflow> {
  const loaded = await context.store.load(workflowId, requestId);
  if (loaded === undefined) throw unknownWorkflow(workflowId);
  // The cache, assignments and replies share the snapshot, so it must not change.
  context.cache.put(deepFreeze(loaded.snapshot));
  return loaded;
}

export function unknownWorkflow(workflowId: string): BatonError {
  return new BatonError('not_found', `there is no workflow '${workflowId}'`, {
    metadata: { workflowId },
  });
}
