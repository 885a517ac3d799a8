import { transition } from '../machine/transition.ts';
import { ERROR_STATE, type WorkflowDefinition } from '../model/definition.ts';
import { copyJsonObject, type JsonObject } from '../model/json.ts';
import type { AdvanceReply } from '../model/replies.ts';
import type { Kernel } from './kernel.ts';
import { mutate } from './mutate.ts';
import { type AdvanceRequest, advanceRequest } from './requests.ts';
import { validate } from './validate.ts';

export async function advance(kernel: Kernel, request: AdvanceRequest): Promise<AdvanceReply> {
  const { requestId, ...body } = validate(advanceRequest, request, 'the advance request');
  const { workflowId, completedState } = body;
  let checked:
    | { readonly by: WorkflowDefinition; readonly result: JsonObject | undefined }
    | undefined;
  return mutate<AdvanceReply>(kernel, {
    operation: 'advance',
    workflowId,
    requestId,
    body,
    decide(definition, snapshot) {
      // Only an output that could be accepted is worth checking, and only once.
      const hopeful = snapshot.state === completedState && body.nextState !== ERROR_STATE;
      if (hopeful && checked?.by !== definition) {
        checked = { by: definition, result: checkOutput(definition, completedState, body.result) };
      }
      return transition<'advance'>(definition, snapshot, {
        kind: 'advance',
        role: body.role,
        completedState,
        result: hopeful ? checked?.result : body.result,
        nextState: body.nextState,
        checkpoint: body.checkpoint,
        expectedRevision: body.expectedRevision,
        expectedEpoch: body.expectedEpoch,
        claimToken: body.claimToken,
        usage: body.usage,
        notes: body.notes,
        now: kernel.options.clock.now(),
      });
    },
  });
}

function checkOutput(
  definition: WorkflowDefinition,
  state: string,
  result: JsonObject | undefined,
): JsonObject | undefined {
  const found = definition.states[state];
  if (found?.kind !== 'phase' || result === undefined) return result;
  // Copied once more: a schema may make of it what no store can keep.
  return copyJsonObject(validate(found.output, result, `the output of '${state}'`));
}
