import { BatonError } from '@baton/core/errors';
import type { WaitOptions } from './baton-client.ts';
import type { WatchRequest, WorkflowRequest } from './requests.ts';
import type { WorkflowEvent, WorkflowStatus } from './views.ts';

interface Sources {
  status(request: WorkflowRequest): Promise<WorkflowStatus>;
  watch(request: WatchRequest, signal?: AbortSignal): AsyncIterable<WorkflowEvent>;
}

/** Looks at the workflow after each of its events until it is in `state`. */
export async function waitFor(
  { status, watch }: Sources,
  workflowId: string,
  state: string,
  { signal, failOnError = true }: WaitOptions = {},
): Promise<WorkflowStatus> {
  let current = await status({ workflowId });
  const arrived = (): boolean => {
    if (current.state === state) return true;
    if (current.completedAt !== undefined) {
      const message = `workflow ${workflowId} has ended in '${current.state}': it will not be in '${state}'`;
      throw new BatonError('wrong_state', message);
    }
    if (current.failure !== undefined && failOnError) {
      const message = `workflow ${workflowId} failed in '${current.failure.state}': ${current.failure.message}`;
      throw new BatonError('wrong_state', message);
    }
    return false;
  };
  if (arrived()) return current;
  for await (const _ of watch({ workflowId, afterSequence: current.sequence }, signal)) {
    current = await status({ workflowId });
    if (arrived()) return current;
  }
  throw new BatonError('cancelled', `stopped waiting for workflow ${workflowId}`);
}
