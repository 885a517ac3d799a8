import { BatonError } from '@baton/core';
import type { Metrics } from '@baton/telemetry/metrics';
import type { ServedMethod, ServedService } from './services.ts';

type Counted = Pick<Metrics, 'count' | 'observe'>;

/** The same services, with every operation counted; unchanged without metrics. */
export function measured(
  services: readonly ServedService[],
  metrics: Counted | undefined,
): readonly ServedService[] {
  if (metrics === undefined) return services;
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => measuredMethod(served, metrics)),
  }));
}

function measuredMethod(served: ServedMethod, metrics: Counted): ServedMethod {
  const method = served.method.name;
  if (served.kind === 'unary') {
    return {
      ...served,
      async handle(request, context) {
        const startedAt = performance.now();
        let outcome = 'ok';
        try {
          return await served.handle(request, context);
        } catch (reason) {
          outcome = BatonError.from(reason).code;
          throw reason;
        } finally {
          const seconds = (performance.now() - startedAt) / 1000;
          metrics.observe('operations', { method, outcome }, seconds);
        }
      },
    };
  }
  return {
    ...served,
    async *handle(request, context) {
      let outcome = 'cancelled';
      try {
        yield* served.handle(request, context);
        outcome = 'ok';
      } catch (reason) {
        outcome = BatonError.from(reason).code;
        throw reason;
      } finally {
        metrics.count('streams', { method, outcome });
      }
    },
  };
}
