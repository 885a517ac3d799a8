import type { WorkflowService } from '@baton/proto';
import type { Client } from '@connectrpc/connect';
import type { CallSettings } from './client-options.ts';
import { toEvent, toProgress } from './convert/from-message.ts';
import { toBatonError } from './errors.ts';
import { backoff, pause } from './repeat.ts';
import type { WatchRequest } from './requests.ts';
import type { Progress, WorkflowEvent } from './views.ts';

/**
 * The audit trail from a number on. A cut connection is taken up again after the last event that
 * arrived: no gap, nothing twice. Ends where the server ends it; an abort ends it without an error.
 */
export async function* watch(
  workflows: Client<typeof WorkflowService>,
  { retries, backoffMs }: CallSettings,
  { workflowId, afterSequence = 0, follow = true }: WatchRequest,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  let after = afterSequence;
  for (let failures = 0; ; failures++) {
    try {
      const includeProgress = onProgress !== undefined;
      const request = { workflowId, afterSequence: after, follow, includeProgress };
      // timeoutMs 0: a watch has no deadline.
      const stream = workflows.watchWorkflow(request, {
        timeoutMs: 0,
        ...(signal !== undefined && { signal }),
      });
      for await (const { event, progress } of stream) {
        if (progress !== undefined) onProgress?.(toProgress(progress));
        if (event === undefined || event.sequence <= after) continue;
        yield toEvent(event);
        after = event.sequence;
        failures = 0;
      }
      return;
    } catch (reason) {
      if (signal?.aborted) return;
      const error = toBatonError(reason);
      if (error.code !== 'unavailable' || failures >= retries) throw error;
    }
    await pause(backoff(failures, backoffMs), signal).catch(() => undefined);
    if (signal?.aborted) return;
  }
}
