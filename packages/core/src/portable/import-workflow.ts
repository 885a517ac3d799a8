import { BatonError } from '../model/errors.ts';
import type { WorkflowRecord, WorkflowStore } from '../ports/workflow-store.ts';

/**
 * Writes a whole workflow into a store, in one step, over nothing that is there. For one that was
 * read from its file: `importWorkflow(store, await readWorkflowFile(chunks))`.
 *
 * @throws BatonError `already_exists`; `invalid_input` for what the store cannot keep; `unavailable`.
 */
export async function importWorkflow(store: WorkflowStore, record: WorkflowRecord): Promise<void> {
  const result = await store.restore(record);
  if (result.kind === 'created') return;
  const { id, projectId, buildId } = record.snapshot;
  throw new BatonError(
    'already_exists',
    result.snapshot.id === id
      ? `workflow ${id} is here already, at revision ${result.snapshot.revision}`
      : `build '${buildId}' of project '${projectId}' is workflow ${result.snapshot.id} here`,
    { metadata: { workflowId: result.snapshot.id } },
  );
}
