import { BatonError } from '@baton/core';
import type { Message } from '@bufbuild/protobuf';
import type { Log } from './log.ts';
import { namesOf } from './request/request-facts.ts';
import type { CallContext } from './service-handlers.ts';
import type { ServedMethod, ServedService } from './services.ts';

/** The same services with a line in `log` for every request; unchanged when `log.requests` is off. */
export function logged(services: readonly ServedService[], log: Log): readonly ServedService[] {
  if (!log.requests) return services;
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => loggedMethod(served, log)),
  }));
}

function loggedMethod(served: ServedMethod, log: Log): ServedMethod {
  const begin = (request: Message, context: CallContext) => {
    const startedAt = performance.now();
    return (outcome: string) =>
      log.debug('request', {
        method: `${served.method.parent.typeName}/${served.method.name}`,
        ...namesOf(context.request),
        ...('workflowId' in request && { workflowId: request.workflowId }),
        outcome,
        ms: Number((performance.now() - startedAt).toFixed(3)),
      });
  };
  if (served.kind === 'unary') {
    return {
      ...served,
      async handle(request, context) {
        const end = begin(request, context);
        try {
          const reply = await served.handle(request, context);
          end('ok');
          return reply;
        } catch (reason) {
          end(BatonError.from(reason).code);
          throw reason;
        }
      },
    };
  }
  return {
    ...served,
    async *handle(request, context) {
      const end = begin(request, context);
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
