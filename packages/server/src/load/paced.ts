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
      await pace.enter(connection, 'reply');
      return reply;
    },
  };
}
