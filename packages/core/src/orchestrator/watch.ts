import type { WorkflowEvent } from '../model/event.ts';
import type { Kernel } from './kernel.ts';
import { load } from './mutate.ts';
import { type WatchRequest, watchRequest } from './requests.ts';
import { validate } from './validate.ts';

/** Events held for one watcher at a time, however slow it is. */
const PAGE = 100;

/**
 * Reads the audit trail on, by number. A commit of this process wakes it at once; commits of other
 * processes are found by polling.
 */
export async function* watch(
  kernel: Kernel,
  request: WatchRequest,
  signal?: AbortSignal,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  const { workflowId, afterSequence, follow } = validate(
    watchRequest,
    request,
    'the watch request',
  );
  const { clock, watchPollMs } = kernel.options;
  const { snapshot } = await load(kernel, workflowId);
  const { states } = kernel.definitions.of(snapshot);
  let after = afterSequence;
  let woken = new AbortController();
  const forget = kernel.hints.onCommit(workflowId, () => woken.abort());
  try {
    while (!signal?.aborted) {
      // Armed before the read: a commit right after it is not slept through.
      woken = new AbortController();
      const events = await kernel.store.readEvents({ workflowId, after, limit: PAGE });
      for (const event of events) {
        if (signal?.aborted) return;
        yield event;
        after = event.sequence;
        if (states[String(event.data['to'])]?.kind === 'final') return;
      }
      if (events.length === PAGE) continue;
      if (!follow || (await ended(kernel, workflowId, after))) return;
      const waking = signal === undefined ? woken.signal : AbortSignal.any([woken.signal, signal]);
      await clock.sleep(watchPollMs, waking);
    }
  } finally {
    forget();
  }
}

/** Whether a watcher that asked for events past the last one of a complete workflow is done. */
async function ended(kernel: Kernel, workflowId: string, after: number): Promise<boolean> {
  const cached = kernel.cache.get(workflowId);
  if (cached !== undefined && cached.completedAt === undefined) return false;
  const { snapshot } = await load(kernel, workflowId);
  return snapshot.completedAt !== undefined && after >= snapshot.sequence;
}
