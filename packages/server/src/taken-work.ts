import type { Orchestrator, TakeWorkRequest } from '@baton/core';
import type { TakeWorkResponse } from '@baton/proto';
import { takeWork } from '@baton/wire';
import { FIRST_HEARTBEAT_MS, isQuiet } from './quiet.ts';

/**
 * Work as the wire has it, and heartbeats while there is none.
 *
 * @param heartbeatMs milliseconds without a message after which an empty one goes out.
 */
export async function* takenWork(
  baton: Pick<Orchestrator, 'takeWork'>,
  request: TakeWorkRequest,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<TakeWorkResponse, void, undefined> {
  // A worker that leaves gives back at once what it was about to be given.
  const left = new AbortController();
  const work = baton.takeWork(request, AbortSignal.any([signal, left.signal]));
  const items = work[Symbol.asyncIterator]();
  let quietMs = Math.min(FIRST_HEARTBEAT_MS, heartbeatMs);
  try {
    for (;;) {
      const next = items.next();
      let settled = false;
      let wake = (): void => undefined;
      // Listened to once: a stream may be quiet for days.
      const settle = (): void => {
        settled = true;
        wake();
      };
      next.then(settle, settle);
      while (!settled && (await isQuiet(quietMs, (listener) => (wake = listener)))) {
        quietMs = heartbeatMs;
        yield { $typeName: 'baton.v1.TakeWorkResponse' };
      }
      quietMs = heartbeatMs;
      const { done, value } = await next;
      if (done === true) return;
      const item = takeWork.item.encode(value);
      if (item !== undefined) yield item;
    }
  } finally {
    left.abort();
    await items.return?.(undefined);
  }
}
