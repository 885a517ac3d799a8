import type { ServedMethod, ServedService } from '../services.ts';
import type { Pace } from './pace.ts';
import { LARGE, type Room } from './room.ts';

/**
 * The same services, at a pace: before each request is worked on, and before its reply is written, which
 * takes as long for large ones.
 */
export function paced(
  services: readonly ServedService[],
  pace: Pace,
  room: Room,
): readonly ServedService[] {
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => pacedMethod(served, pace, room)),
  }));
}

function pacedMethod(served: ServedMethod, pace: Pace, room: Room): ServedMethod {
  if (served.kind === 'stream') return served;
  return {
    ...served,
    async handle(request, context) {
      const { connection } = context;
      if (connection === undefined) return served.handle(request, context);
      // Reading a large one took as long as a round already.
      const isLarge = costOf(request, LARGE) >= LARGE;
      const before = pace.enter(connection, isLarge ? 'large request' : 'request');
      if (before !== undefined) {
        await before;
        // What nobody waits for any more is not begun.
        context.signal.throwIfAborted();
      }
      const reserved = room.reserve(connection);
      let isWritten = false;
      try {
        const reply = await served.handle(request, context);
        const bytes = costOf(reply, MOST_COUNTED);
        reserved.made(bytes);
        const after = pace.enter(connection, bytes >= LARGE ? 'large reply' : 'reply');
        if (after !== undefined) await after;
        isWritten = true;
        return reply;
      } finally {
        reserved.release(isWritten);
        pace.wake();
      }
    },
  };
}

/** Above that, more makes no difference. */
const MOST_COUNTED = 4 * 1024 * 1024;
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
