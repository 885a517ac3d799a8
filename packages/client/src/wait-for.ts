import type {
  DefinitionDescription,
  DefinitionRequest,
  WatchRequest,
  WorkflowEvent,
  WorkflowRequest,
  WorkflowStatus,
} from '@baton/core/api';
import { BatonError, isCancelled } from '@baton/core/errors';
import type { WaitOptions } from './baton-client.ts';

interface Sources {
  status(request: WorkflowRequest, signal: AbortSignal | undefined): Promise<WorkflowStatus>;
  watch(request: WatchRequest, signal?: AbortSignal): AsyncIterable<WorkflowEvent>;
  describeDefinition(
    request: DefinitionRequest,
    signal: AbortSignal | undefined,
  ): Promise<DefinitionDescription>;
}

/**
 * Waits until the workflow enters `state`, by its audit trail: a state that it only passes through
 * counts as well, however short it was there.
 */
export async function waitFor(
  { status, watch, describeDefinition }: Sources,
  workflowId: string,
  state: string,
  { signal, failOnError = true, afterSequence }: WaitOptions = {},
): Promise<WorkflowStatus> {
  const look = () => status({ workflowId }, signal);
  const found = await look();
  if (found.state === state) return found;
  refuseUnknown(await describeDefinition(found.definition, signal), state);
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

/** Refuses a state that the definition lacks: the workflow could never reach it. */
function refuseUnknown({ states }: DefinitionDescription, state: string): void {
  const legal = states.map(({ name }) => name);
  if (legal.includes(state)) return;
  const description = `unknown state '${state}'; states: ${legal.join(', ')}`;
  const violations = [{ field: 'state', description }];
  throw new BatonError('invalid_input', description, { violations, legal });
}

/** Refuses a workflow that waits in `error` since `at`. */
function refuseFailed(status: WorkflowStatus, at: number | undefined): void {
  const { workflowId, failure } = status;
  if (failure === undefined || failure.at !== at) return;
  const { state, message: why, by } = failure;
  const how = isCancelled(status) ? `was cancelled by '${by}'` : 'failed';
  const message = `workflow ${workflowId} ${how} in '${state}': ${why}`;
  throw new BatonError('wrong_state', message);
}
