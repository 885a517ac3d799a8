import { BatonError } from '@baton/core';
import type { Message } from '@bufbuild/protobuf';
import type { CallContext } from './service-handlers.ts';
import type { ServedMethod, ServedService } from './services.ts';

/** A call begins. Returns what is to hear how it ended: `ok`, the code of its error, or that its caller left a stream. */
export type Observe = (
  served: ServedMethod,
  request: Message,
  context: CallContext,
) => (outcome: string) => void;

/** The same services, with `observe` told of every call. */
export function observed(
  services: readonly ServedService[],
  observe: Observe,
): readonly ServedService[] {
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => observedMethod(served, observe)),
  }));
}

function observedMethod(served: ServedMethod, observe: Observe): ServedMethod {
  if (served.kind === 'unary') {
    return {
      ...served,
      async handle(request, context) {
        const end = observe(served, request, context);
        let outcome = 'ok';
        try {
          return await served.handle(request, context);
        } catch (reason) {
          outcome = BatonError.from(reason).code;
          throw reason;
        } finally {
          end(outcome);
        }
      },
    };
  }
  return {
    ...served,
    async *handle(request, context) {
      const end = observe(served, request, context);
      // Its reader may end it at any message.
      let outcome = 'cancelled';
      try {
        yield* served.handle(request, context);
        outcome = 'ok';
      } catch (reason) {
        outcome = BatonError.from(reason).code;
        throw reason;
      } finally {
        end(outcome);
      }
    },
  };
}
