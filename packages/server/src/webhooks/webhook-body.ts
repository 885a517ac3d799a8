import { WorkflowEventSchema } from '@baton/proto';
import { watch } from '@baton/wire';
import { toJson } from '@bufbuild/protobuf';
import type { Delivery } from '../delivery/target.ts';

/** Bytes of a body. Receivers and what is between refuse larger ones. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * What a receiver gets of an event: the same text at every try. The particulars of an event that is too large are
 * left out, and `truncated` says so.
 */
export function webhookBody(delivery: Delivery): string {
  const whole = bodyOf(delivery);
  if (Buffer.byteLength(whole) <= MAX_BODY_BYTES) return whole;
  return bodyOf({ ...delivery, event: { ...delivery.event, data: {} } }, { truncated: true });
}

function bodyOf({ workflow, event, state }: Delivery, more: { truncated?: true } = {}): string {
  const { id, projectId, buildId, userId, definition } = workflow;
  return JSON.stringify({
    type: `workflow.${event.type}`,
    timestamp: new Date(event.at).toISOString(),
    data: {
      workflowId: id,
      projectId,
      buildId,
      userId,
      definition,
      sequence: event.sequence,
      state,
      ...more,
      event: toJson(WorkflowEventSchema, watch.event.encode(event), { alwaysEmitImplicit: true }),
    },
  });
}
