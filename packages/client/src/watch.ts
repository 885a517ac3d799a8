import { BatonError } from '@baton/core/errors';
import { WatchWorkflowRequestSchema, type WorkflowService } from '@baton/proto';
import type { Client } from '@connectrpc/connect';
import type { CallSettings } from './client-options.ts';
import { toEvent, toProgress } from './convert/from-message.ts';
import { toMessage } from './convert/to-message.ts';
import { toBatonError } from './errors.ts';
import { backoff, isWorthAnother, pause } from './repeat.ts';
import type { WatchRequest } from './requests.ts';
import type { Progress, WorkflowEvent } from './views.ts';

export interface WatchOver {
  readonly workflows: Client<typeof WorkflowService>;
  readonly settings: CallSettings;
  /** Aborts when the client is closed: an error to whoever watches. */
  readonly closed: AbortSignal;
}

/**
 * The audit trail from a number on. A cut connection is taken up again after the last event that
 * arrived: no gap, nothing twice. Ends where the server ends it; an abort ends it without an error.
 */
export async function* watch(
  { workflows, settings, closed }: WatchOver,
  request: WatchRequest,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  const { retries, backoffMs, address } = settings;
  const ended = signal === undefined ? closed : AbortSignal.any([closed, signal]);
  const includeProgress = onProgress !== undefined;
  const message = toMessage(WatchWorkflowRequestSchema, { ...request, includeProgress });
  let after = request.afterSequence ?? 0;
  for (let failures = 0; ; failures++) {
    message.afterSequence = after;
    try {
      // timeoutMs 0: a watch has no deadline.
      const stream = workflows.watchWorkflow(message, { timeoutMs: 0, signal: ended });
      for await (const { event, progress } of stream) {
        if (progress !== undefined) tell(onProgress, toProgress(progress));
        if (event === undefined || event.sequence <= after) continue;
        yield toEvent(event);
        after = event.sequence;
        failures = 0;
      }
      return;
    } catch (reason) {
      if (signal?.aborted) return;
      const error = toBatonError(reason, { address, signal: closed, request: message.$typeName });
      if (!isWorthAnother(error) || failures >= retries) throw error;
    }
    await pause(backoff(failures, backoffMs), ended).catch((reason) => {
      if (!signal?.aborted) throw reason;
    });
    if (signal?.aborted) return;
  }
}

/** What a listener throws is no failure of the connection: it must not be taken for one. */
function tell(listener: ((progress: Progress) => void) | undefined, progress: Progress): void {
  try {
    listener?.(progress);
  } catch (cause) {
    throw new BatonError('internal', 'the listener for progress failed', { cause });
  }
}
