import type { Progress } from '../model/progress.ts';
import { type WatchRequest, watchRequest } from '../model/requests.ts';
import type { WorkflowEvent } from '../model/trail.ts';
import type { OrchestratorContext } from './context.ts';
import { load } from './load.ts';
import { createTrailReader, MAX_PAGE } from './trail-reader.ts';
import { validate } from './validate.ts';

/** Characters of events held for one watcher, however slow it is; a larger event is held alone. */
const HELD_CHARACTERS = 64 * 1024;

/**
 * Reads the audit trail on, by number. A commit of this process wakes it at once; those of other processes do
 * so by hints, and one look for all watchers.
 *
 * @throws BatonError `data_loss` when the store no longer has what it had: an event is gone, or the one
 *   to read on after.
 */
export async function* watch(
  context: OrchestratorContext,
  request: WatchRequest,
  signal?: AbortSignal,
  onProgress?: (progress: Progress) => void,
): AsyncGenerator<WorkflowEvent, void, undefined> {
  const { workflowId, afterSequence, follow } = validate(
    watchRequest,
    request,
    'the watch request',
  );
  const { snapshot } = await load(context, workflowId);
  const { states } = context.definitions.of(snapshot);
  const trail = createTrailReader(context, snapshot, afterSequence);
  let page = MAX_PAGE;
  const waker = context.watches.open(workflowId);
  const unheard = onProgress && context.notifier.onProgress(workflowId, onProgress);
  try {
    while (!signal?.aborted) {
      // Armed before the read: a commit right after it is not slept through.
      waker.arm();
      const read = await trail.read(page);
      const events = held(read.events);
      // What is not held is read again: of large events, few are read at a time.
      const isCut = events.length < read.events.length;
      page = isCut ? events.length : Math.min(2 * page, MAX_PAGE);
      for (const event of events) {
        if (signal?.aborted) return;
        yield event;
        trail.delivered(event);
        if (states[String(event.data['to'])]?.kind === 'final') return;
      }
      if (!read.isLast || isCut) continue;
      const wasOver = snapshot.completedAt !== undefined && trail.after >= snapshot.sequence;
      if (!follow || wasOver || (await ended(context, workflowId, trail.after))) return;
      await waker.wait(trail.after, signal);
    }
  } finally {
    waker.close();
    unheard?.();
  }
}

/** The first events of a page, as far as they may wait for a slow watcher; the rest is read again. */
function held(page: readonly WorkflowEvent[]): readonly WorkflowEvent[] {
  let characters = 0;
  const end = page.findIndex((event, index) => {
    characters += JSON.stringify(event.data).length;
    return index > 0 && characters > HELD_CHARACTERS;
  });
  return end === -1 ? page : page.slice(0, end);
}

/** Whether a watcher that asked for events past the last one of a complete workflow is done. */
async function ended(
  context: OrchestratorContext,
  workflowId: string,
  after: number,
): Promise<boolean> {
  const cached = context.cache.get(workflowId);
  if (cached !== undefined && cached.completedAt === undefined) return false;
  // That it is over the store has to say: what is cached it may have lost.
  const { completedAt, sequence } = (await load(context, workflowId)).snapshot;
  return completedAt !== undefined && after >= sequence;
}
