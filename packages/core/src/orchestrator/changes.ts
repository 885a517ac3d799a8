import type { z } from 'zod';
import type { Command, Replies } from '../machine/command.ts';
import { transition } from '../machine/transition.ts';
import {
  answerQuestionRequest,
  askRequest,
  type CheckedOffer,
  cancelRequest,
  decideApprovalRequest,
  failAttemptRequest,
  requestRetryRequest,
} from '../model/requests.ts';
import type { WorkflowSnapshot } from '../model/workflow.ts';
import type { OrchestratorContext } from './context.ts';
import { mutate } from './mutate.ts';
import { validateTaking } from './validate.ts';

/** The operations that hand their request to the machine as it is. */

export const requestRetry = change(
  'request_retry',
  requestRetryRequest,
  'the retry request',
  ({ by }, { userId }) => ({ by: by ?? userId }),
);

export const cancel = change('cancel', cancelRequest, 'the cancellation', ({ by }, { userId }) => ({
  by: by ?? userId,
}));

export const failAttempt = change(
  'fail_attempt',
  failAttemptRequest,
  'the failed attempt',
  ({ retryAfterMs }, _, now) => ({ retryAt: now + retryAfterMs }),
);

export const ask = change('ask', askRequest, 'the questions');

export const answerQuestion = change('answer_question', answerQuestionRequest, 'the answer');

export const decideApproval = change('decide_approval', decideApprovalRequest, 'the decision');

type Asked = z.ZodType<{
  readonly workflowId: string;
  readonly requestId?: string | undefined;
  readonly takeNext?: readonly CheckedOffer[] | undefined;
}>;

/**
 * An operation that changes a workflow.
 *
 * @param what the request, for what is said of one that is not valid.
 * @param more what the command has beside the request.
 */
function change<K extends Command['kind'], S extends Asked>(
  kind: K,
  schema: S,
  what: string,
  more: (body: z.output<S>, snapshot: WorkflowSnapshot, now: number) => object = () => ({}),
) {
  return async (context: OrchestratorContext, request: z.input<S>): Promise<Replies[K]> => {
    const { requestId, ...body } = validateTaking(schema, request, what);
    return mutate<Replies[K]>(context, {
      operation: kind,
      workflowId: body.workflowId,
      requestId,
      body,
      takeNext: body.takeNext,
      decide(definition, snapshot) {
        const now = context.options.clock.now();
        const command = { ...body, ...more(body as z.output<S>, snapshot, now), kind, now };
        return transition<K>(definition, snapshot, command as never);
      },
    });
  };
}
