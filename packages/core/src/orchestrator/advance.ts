import { transition } from '../machine/transition.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import { BatonError } from '../model/errors.ts';
import { copyJsonObject, type JsonObject } from '../model/json.ts';
import type { AdvanceReply } from '../model/replies.ts';
import { type AdvanceRequest, advanceRequest } from '../model/requests.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';
import { validate, validateTaking } from './validate.ts';

export async function advance(
  context: OrchestratorContext,
  request: AdvanceRequest,
  attestedBy?: string,
): Promise<AdvanceReply> {
  const { requestId, ...body } = validateTaking(advanceRequest, request, 'the advance request');
  const { workflowId, completedState } = body;
  /** The output is checked when nothing else speaks against the request, and only once. */
  let checked:
    | { readonly by: WorkflowDefinition; readonly result: JsonObject | BatonError }
    | undefined;
  return mutate<AdvanceReply>(context, {
    operation: 'advance',
    workflowId,
    requestId,
    body,
    takeNext: body.takeNext,
    decide(definition, snapshot) {
      return transition<'advance'>(definition, snapshot, {
        ...body,
        kind: 'advance',
        attestedBy,
        checkResult(result) {
          if (checked?.by !== definition) {
            checked = { by: definition, result: checkOutput(definition, completedState, result) };
          }
          return checked.result;
        },
        now: context.options.clock.now(),
      });
    },
  });
}

function checkOutput(
  definition: WorkflowDefinition,
  state: string,
  result: JsonObject,
): JsonObject | BatonError {
  const found = definition.states[state];
  if (found?.kind !== 'phase') return result;
  try {
    // Copied once more: a schema may make of it what no store can keep.
    return copyJsonObject(validate(found.output, result, `the output of '${state}'`));
  } catch (reason) {
    const { code, message, violations, cause } = BatonError.from(reason);
    const inResult = violations.map(({ field, description }) => ({
      field: field === '' ? 'result' : `result.${field}`,
      description,
    }));
    return new BatonError(code, message, { violations: inResult, cause });
  }
}
