import { transition } from '../machine/transition.ts';
import type { RollbackReply } from '../model/replies.ts';
import { type RollbackRequest, rollbackRequest } from '../model/requests.ts';
import type { Kernel } from './kernel.ts';
import { mutate } from './mutate.ts';
import { validate } from './validate.ts';

export async function rollback(kernel: Kernel, request: RollbackRequest): Promise<RollbackReply> {
  const { requestId, ...body } = validate(rollbackRequest, request, 'the rollback request');
  return mutate<RollbackReply>(kernel, {
    operation: 'rollback',
    workflowId: body.workflowId,
    requestId,
    body,
    decide: (definition, snapshot) =>
      transition<'rollback'>(definition, snapshot, {
        kind: 'rollback',
        rolledBackBy: body.rolledBackBy ?? snapshot.userId,
        targetState: body.targetState,
        reason: body.reason,
        expectedRevision: body.expectedRevision,
        expectedEpoch: body.expectedEpoch,
        claimToken: body.claimToken,
        now: kernel.options.clock.now(),
      }),
  });
}
