import { transition } from '../machine/transition.ts';
import type { ApprovalReply } from '../model/replies.ts';
import { type DecideApprovalRequest, decideApprovalRequest } from '../model/requests.ts';
import type { Kernel } from './kernel.ts';
import { mutate } from './mutate.ts';
import { validate } from './validate.ts';

export async function decideApproval(
  kernel: Kernel,
  request: DecideApprovalRequest,
): Promise<ApprovalReply> {
  const { requestId, ...body } = validate(decideApprovalRequest, request, 'the decision');
  return mutate<ApprovalReply>(kernel, {
    operation: 'decide_approval',
    workflowId: body.workflowId,
    requestId,
    body,
    decide: (definition, snapshot) =>
      transition<'decide_approval'>(definition, snapshot, {
        kind: 'decide_approval',
        approved: body.approved,
        decidedBy: body.decidedBy,
        reason: body.reason,
        targetState: body.targetState,
        expectedRevision: body.expectedRevision,
        expectedEpoch: undefined,
        now: kernel.options.clock.now(),
      }),
  });
}
