import type { Metrics } from '@baton/telemetry/metrics';
import { observed } from './observed-services.ts';
import type { ServedService } from './services.ts';

/** The same services, with every operation counted; unchanged without metrics. */
export function measured(
  services: readonly ServedService[],
  metrics: Pick<Metrics, 'count' | 'observe'> | undefined,
): readonly ServedService[] {
  if (metrics === undefined) return services;
  return observed(services, ({ kind, method: { name: method } }) => {
    const startedAt = performance.now();
    return (outcome) => {
      if (kind === 'stream') return metrics.count('streams', { method, outcome });
      const seconds = (performance.now() - startedAt) / 1000;
      metrics.observe('operations', { method, outcome }, seconds);
    };
  });
}
