import type { Orchestrator, Progress, WatchRequest } from '@baton/core';
import type { WatchWorkflowResponse } from '@baton/proto';
import { fromEvent, fromProgress } from './convert/views.ts';
import type { Wire } from './convert/wire.ts';

/** What is kept of progress for a watcher that is slow; older words give way to newer ones. */
const MOST_WAITING = 100;

type Item = Wire<WatchWorkflowResponse>;

/**
 * A watch as the wire has it: events, and between them, where it is asked for, progress. Events go
 * first; of progress a slow watcher gets the newest.
 */
export async function* watchItems(
  orchestrator: Orchestrator,
  request: WatchRequest,
  includeProgress: boolean,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  if (includeProgress) {
    yield* withProgress(orchestrator, request, signal);
    return;
  }
  for await (const event of orchestrator.watch(request, signal)) {
    yield item({ event: fromEvent(event) });
  }
}

async function* withProgress(
  orchestrator: Orchestrator,
  request: WatchRequest,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const waiting: Progress[] = [];
  let wake = () => {};
  const onProgress = (progress: Progress) => {
    waiting.push(progress);
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake();
  };
  // Whoever leaves between two events must not have to wait for the second.
  const left = new AbortController();
  const watch = orchestrator.watch(request, AbortSignal.any([signal, left.signal]), onProgress);
  const events = watch[Symbol.asyncIterator]();
  try {
    for (;;) {
      let settled = false;
      const settle = () => {
        settled = true;
        wake();
      };
      const next = events.next();
      next.then(settle, settle);
      while (!settled) {
        const progress = waiting.shift();
        if (progress !== undefined) yield item({ progress: fromProgress(progress) });
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      const { done, value } = await next;
      if (done) return;
      yield item({ event: fromEvent(value) });
    }
  } finally {
    left.abort();
    await events.return?.();
  }
}

function item({ event, progress }: Partial<Omit<Item, '$typeName'>>): Item {
  return { $typeName: 'baton.v1.WatchWorkflowResponse', event, progress };
}
