import { transition } from '../machine/transition.ts';
import type { RequestRetryReply } from '../model/replies.ts';
import { type RequestRetryRequest, requestRetryRequest } from '../model/requests.ts';
import type { Kernel } from './kernel.ts';
import { mutate } from './mutate.ts';
import { validate } from './validate.ts';

export async function requestRetry(
  kernel: Kernel,
  request: RequestRetryRequest,
): Promise<RequestRetryReply> {
  const { requestId, ...body } = validate(requestRetryRequest, request, 'the retry request');
  return mutate<RequestRetryReply>(kernel, {
    operation: 'request_retry',
    workflowId: body.workflowId,
    requestId,
    body,
    decide: (definition, snapshot) =>
      transition<'request_retry'>(definition, snapshot, {
        kind: 'request_retry',
        requestedBy: body.requestedBy ?? snapshot.userId,
        reason: body.reason,
        details: body.details,
        targetState: body.targetState,
        checkpoint: body.checkpoint,
        budgets: body.budgets,
        timeoutMs:
          body.timeoutSeconds === undefined ? undefined : Math.round(body.timeoutSeconds * 1000),
        usage: body.usage,
        notes: body.notes,
        expectedRevision: body.expectedRevision,
        expectedEpoch: body.expectedEpoch,
        claimToken: body.claimToken,
        now: kernel.options.clock.now(),
      }),
  });
}
