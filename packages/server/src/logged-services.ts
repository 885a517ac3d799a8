import type { Log } from './log.ts';
import { observed } from './observed-services.ts';
import { namesOf } from './request/request-facts.ts';
import type { ServedService } from './services.ts';

/** The same services with a line in `log` for every request; unchanged when `log.requests` is off. */
export function logged(services: readonly ServedService[], log: Log): readonly ServedService[] {
  if (!log.requests) return services;
  return observed(services, ({ method }, request, context) => {
    const startedAt = performance.now();
    return (outcome) =>
      log.debug('request', {
        method: `${method.parent.typeName}/${method.name}`,
        ...namesOf(context.request),
        ...('workflowId' in request && { workflowId: request.workflowId }),
        outcome,
        ms: Number((performance.now() - startedAt).toFixed(3)),
      });
  });
}
