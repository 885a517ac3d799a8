import type { Telemetry } from '@baton/core';
import { traced } from '@baton/core/internal';
import type { ServedMethod, ServedService } from './services.ts';

/**
 * The same services, with a span for every call, below that of its caller; unchanged without telemetry. Streams and
 * waits last as long as their callers like, and have none.
 */
export function inSpans(
  services: readonly ServedService[],
  telemetry: Telemetry | undefined,
): readonly ServedService[] {
  if (telemetry === undefined) return services;
  return services.map(({ service, methods }) => ({
    service,
    methods: methods.map((served) => inSpan(served, telemetry)),
  }));
}

function inSpan(served: ServedMethod, telemetry: Telemetry): ServedMethod {
  if (served.kind !== 'unary' || served.waits) return served;
  const { parent, name } = served.method;
  const attributes = { 'rpc.service': parent.typeName, 'rpc.method': name };
  return {
    ...served,
    handle: (message, context) =>
      traced(
        telemetry,
        `${parent.typeName}/${name}`,
        () => ({ kind: 'server', parent: context.request?.traceparent, attributes }),
        (span) => {
          const { request } = context;
          // The lines of the log name the server's own span.
          const named = request && { ...request, traceparent: span?.traceparent };
          return served.handle(message, withRequest(context, named));
        },
      ),
  };
}

/** Not a copy: the signal of a call is made when it is asked for. */
function withRequest(
  context: Parameters<Extract<ServedMethod, { kind: 'unary' }>['handle']>[1],
  request: typeof context.request,
): typeof context {
  return {
    get signal() {
      return context.signal;
    },
    credentials: context.credentials,
    connection: context.connection,
    request,
  };
}
