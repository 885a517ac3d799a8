import type { Progress, WatchRequest, WorkflowEvent } from '@baton/core/api';
import { BatonError } from '@baton/core/errors';
import type { WorkflowService } from '@baton/proto';
import { watch as mapped } from '@baton/wire';
import type { Client } from '@connectrpc/connect';
import { toBatonError } from './errors.ts';
import { createLiveness } from './liveness.ts';
import { isWorthAnother, pauseAfter } from './repeat.ts';
import type { StreamOver } from './stream-over.ts';

/**
 * The audit trail from a number on. A cut connection is taken up again after the last event that
 * arrived: no gap, nothing twice. It is given up where a unary call would be: when the server does not answer
 * for `retries` times in a row. Ends where the server ends it; an abort ends it without an error.
 */
export async function* watch(
  {
    workflows,
    settings,
    closed,
    reconnect,
  }: StreamOver & { readonly workflows: Client<typeof WorkflowService> },
  request: WatchRequest,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  const { retries, timeoutMs, address } = settings;
  const ended = signal === undefined ? closed : AbortSignal.any([closed, signal]);
  const includeProgress = onProgress !== undefined;
  const message = { ...mapped.request.encodeChecked(request), includeProgress };
  let after = request.afterSequence ?? 0;
  for (let failures = 0; ; failures++) {
    message.afterSequence = after;
    const liveness = createLiveness(timeoutMs);
    try {
      const stream = workflows.watchWorkflow(message, {
        // A watch has no deadline.
        timeoutMs: 0,
        signal: AbortSignal.any([ended, liveness.signal]),
        onHeader(headers) {
          // The server is there, however little it has to say: a broken stream is no failure of its.
          failures = 0;
          liveness.answered(headers);
        },
      });
      for await (const { event, progress } of stream) {
        liveness.heard();
        if (progress !== undefined) tell(onProgress, mapped.progress.decode(progress));
        if (event === undefined || event.sequence <= after) continue;
        yield mapped.event.decode(event);
        after = event.sequence;
      }
      return;
    } catch (reason) {
      if (signal?.aborted) return;
      const isDead = liveness.signal.aborted && !closed.aborted;
      if (isDead) reconnect();
      const fault = isDead ? liveness.signal.reason : reason;
      const error = toBatonError(fault, { address, signal: closed, request: message.$typeName });
      if (!isWorthAnother(error) || failures >= retries) throw error;
    } finally {
      liveness.end();
    }
    await pauseAfter(failures + 1, settings, ended).catch((reason) => {
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
