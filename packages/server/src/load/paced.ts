import type { ServedMethod, ServedService } from '../services.ts';
import type { Pace } from './pace.ts';

/**
 * The same services, at a pace: before each request is worked on, and before its reply is written, which
 * takes as long for large ones.
 */
export function paced(services: readonly ServedService[], pace: Pace): readonly ServedService[] {
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => pacedMethod(served, pace)),
  }));
}

function pacedMethod(served: ServedMethod, pace: Pace): ServedMethod {
  if (served.kind === 'stream') return served;
  return {
    ...served,
    async handle(request, context) {
      const { connection } = context;
      if (connection === undefined) return served.handle(request, context);
      const before = pace.enter(connection, 'request');
      if (before !== undefined) {
        await before;
        // What nobody waits for any more is not begun.
        context.signal.throwIfAborted();
      }
      const reply = await served.handle(request, context);
      const after = pace.enter(connection, isLarge(reply) ? 'large reply' : 'reply');
      if (after !== undefined) await after;
      return reply;
    },
  };
}

/** From where on writing a reply takes a noticeable part of a round: about half a millisecond. */
const LARGE = 64 * 1024;
/** What a value costs beside its characters. */
const VALUE = 32;

function isLarge(reply: object): boolean {
  return costOf(reply, LARGE) >= LARGE;
}

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
