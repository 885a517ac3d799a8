import { setImmediate } from 'node:timers/promises';
import type { Orchestrator, Progress, WatchRequest } from '@baton/core';
import type { WatchWorkflowResponse } from '@baton/proto';
import { watch as mapped } from '@baton/wire';
import { FIRST_HEARTBEAT_MS, isQuiet } from './quiet.ts';

/** What is kept of progress for a watcher that is slow; older words give way to newer ones. */
const MOST_WAITING = 100;

/** Milliseconds that one watch may have the event loop for. */
const TURN_MS = 2;

type Item = WatchWorkflowResponse;

export interface WatchOptions {
  readonly includeProgress: boolean;
  /** Milliseconds without an item after which a heartbeat goes out: one without event or progress. */
  readonly heartbeatMs: number;
}

/**
 * A watch as the wire has it: events, between them, where it is asked for, progress, and heartbeats while
 * there is nothing to say. Events go first; of progress a slow watcher gets the newest.
 */
export async function* watchItems(
  orchestrator: Orchestrator,
  request: WatchRequest,
  { includeProgress, heartbeatMs }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const waiting: Progress[] = [];
  let wake = () => {};
  const onProgress = (progress: Progress) => {
    waiting.push(progress);
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake();
  };
  // A watcher that leaves between two events must not have to wait for the second.
  const left = new AbortController();
  const ended = AbortSignal.any([signal, left.signal]);
  const watch = orchestrator.watch(request, ended, includeProgress ? onProgress : undefined);
  const events = watch[Symbol.asyncIterator]();
  let quietMs = Math.min(FIRST_HEARTBEAT_MS, heartbeatMs);
  let turnBegan = performance.now();
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
        if (progress !== undefined) yield item({ progress: mapped.progress.encode(progress) });
        else if (await isQuiet(quietMs, (listener) => (wake = listener))) yield item({});
        else continue;
        quietMs = heartbeatMs;
      }
      quietMs = heartbeatMs;
      const { done, value } = await next;
      if (done) return;
      yield item({ event: mapped.event.encode(value) });
      // A store in this process, and a reader that is fast, answer without ever letting others have their turn.
      if (performance.now() - turnBegan < TURN_MS) continue;
      await setImmediate();
      turnBegan = performance.now();
    }
  } finally {
    left.abort();
    await events.return?.();
  }
}

function item(content: Pick<Item, 'event' | 'progress'>): Item {
  return { $typeName: 'baton.v1.WatchWorkflowResponse', ...content };
}
