import { BatonError } from '@baton/core/errors';
import type { WaitOptions } from './baton-client.ts';
import type { WatchRequest, WorkflowRequest } from './requests.ts';
import type { WorkflowEvent, WorkflowStatus } from './views.ts';

interface Sources {
  status(request: WorkflowRequest, signal: AbortSignal | undefined): Promise<WorkflowStatus>;
  watch(request: WatchRequest, signal?: AbortSignal): AsyncIterable<WorkflowEvent>;
}

/**
 * Waits until the workflow enters `state`, by its audit trail: a state that it only passes through
 * counts as well, however short it was there.
 */
export async function waitFor(
  { status, watch }: Sources,
  workflowId: string,
  state: string,
  { signal, failOnError = true, afterSequence }: WaitOptions = {},
): Promise<WorkflowStatus> {
  const look = () => status({ workflowId }, signal);
  const found = await look();
  if (found.state === state) return found;
  if (afterSequence === undefined && failOnError) refuseFailed(found, found.failure?.at);
  const after = afterSequence ?? found.sequence;
  for await (const { data, at } of watch({ workflowId, afterSequence: after }, signal)) {
    if (data['to'] === state) return look();
    // A retry may have led out of `error` again at once.
    if (data['to'] === 'error' && failOnError) refuseFailed(await look(), at);
  }
  if (signal?.aborted) {
    const message = `stopped waiting for workflow ${workflowId}`;
    throw new BatonError('cancelled', message, { cause: signal.reason });
  }
  const ended = await look();
  const message = `workflow ${workflowId} has ended in '${ended.state}': it will not be in '${state}'`;
  throw new BatonError('wrong_state', message);
}

/** Refuses a workflow that waits in `error` since `at`. */
function refuseFailed({ workflowId, failure }: WorkflowStatus, at: number | undefined): void {
  if (failure === undefined || failure.at !== at) return;
  const message = `workflow ${workflowId} failed in '${failure.state}': ${failure.message}`;
  throw new BatonError('wrong_state', message);
}
