import type { ServedMethod, ServedService } from '../services.ts';
import { LARGE, type MemoryBudget } from './memory-budget.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * The same services, at a pace: each request is worked on when there is room for its reply, a large one when it
 * is its turn, as a large reply is written, which takes as long.
 */
export function scheduled(
  services: readonly ServedService[],
  scheduler: Scheduler,
  budget: MemoryBudget,
): readonly ServedService[] {
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => scheduledMethod(served, scheduler, budget)),
  }));
}

function scheduledMethod(
  served: ServedMethod,
  scheduler: Scheduler,
  budget: MemoryBudget,
): ServedMethod {
  if (served.kind === 'stream') return served;
  return {
    ...served,
    async handle(request, context) {
      const { connection } = context;
      if (connection === undefined) return served.handle(request, context);
      const size = costOf(request, MOST_COUNTED);
      // A small one costs what its reply does.
      const work = size < LARGE ? undefined : size * WORK_ON_A_REQUEST;
      const before = scheduler.enter(connection, 'request', work);
      if (before !== undefined) {
        await before;
        // Do not begin a request whose caller has gone.
        context.signal.throwIfAborted();
      }
      // What waits needs room for its reply once it is there, and not while others could have it.
      const waited = served.waits ? await served.handle(request, context) : undefined;
      const reserved = budget.reserve(connection);
      let isWritten = false;
      try {
        const reply = waited ?? (await served.handle(request, context));
        const bytes = costOf(reply, MOST_COUNTED);
        reserved.made(bytes);
        if (bytes >= LARGE) await scheduler.enter(connection, 'reply', bytes);
        isWritten = true;
        return reply;
      } finally {
        reserved.release(isWritten);
        scheduler.wake();
      }
    },
  };
}

/** Above that, more makes no difference. */
const MOST_COUNTED = 4 * 1024 * 1024;
/** Work on a request takes that many times as long as the writing of a reply of its size. */
export const WORK_ON_A_REQUEST = 4;
/** What a value costs beside its characters. */
const VALUE = 32;

/** Roughly what there is to write, counted no further than to `most`. */
function costOf(value: unknown, most: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return VALUE;
  let cost = VALUE;
  for (const key in value) {
    if (cost >= most) return cost;
    cost += costOf(value[key as keyof typeof value], most - cost);
  }
  return cost;
}
