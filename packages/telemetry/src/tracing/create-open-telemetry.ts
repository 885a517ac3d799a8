import type { Span, SpanAttributes, SpanKind, SpanOptions, Telemetry } from '@baton/core/api';
import { parseTraceparent } from '@baton/core/internal';
import {
  type Context,
  context,
  type Link,
  SpanKind as OtelKind,
  type Span as OtelSpan,
  type SpanContext,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  internal: OtelKind.INTERNAL,
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  producer: OtelKind.PRODUCER,
  consumer: OtelKind.CONSUMER,
};

/**
 * Baton's spans as those of OpenTelemetry, over its global API: they go where the SDK of the process sends them. For a
 * process that has an SDK; {@link openTelemetry} brings one.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createOpenTelemetry } from '@baton/telemetry/tracing';
 * const telemetry = createOpenTelemetry();
 * const baton = createOrchestrator({ store: await createMemoryStore(), telemetry });
 */
export function createOpenTelemetry(): Telemetry {
  const tracer = trace.getTracer('baton');
  const made = new WeakMap<Span, OtelSpan>();
  return {
    startSpan(name, options = {}) {
      const { kind = 'internal', startedAt, attributes = {} } = options;
      const links = linksOf(options);
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          attributes: defined(attributes),
          ...(links.length > 0 && { links }),
          // A number below the beginning of the process would count from there.
          ...(startedAt !== undefined && { startTime: new Date(startedAt) }),
        },
        parentOf(options),
      );
      const told = toSpan(span);
      made.set(told, span);
      return told;
    },
    within(told, work) {
      const span = made.get(told);
      if (span === undefined) throw new Error('expected a span of this telemetry, found another');
      return context.with(trace.setSpan(context.active(), span), work);
    },
    active() {
      const span = trace.getActiveSpan();
      return span && traceparentOf(span.spanContext());
    },
  };
}

function toSpan(span: OtelSpan): Span {
  return {
    traceparent: traceparentOf(span.spanContext()),
    set: (attributes) => void span.setAttributes(defined(attributes)),
    end(failure) {
      if (failure !== undefined) {
        span.setAttribute('error.type', failure);
        span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      }
      span.end();
    },
  };
}

function parentOf({ parent }: SpanOptions): Context {
  const remote = parent === undefined ? undefined : spanContextIn(parent);
  if (remote === undefined) return context.active();
  return trace.setSpanContext(context.active(), remote);
}

function linksOf({ link }: SpanOptions): Link[] {
  const linked = link === undefined ? undefined : spanContextIn(link);
  return linked === undefined ? [] : [{ context: linked }];
}

function spanContextIn(traceparent: string): SpanContext | undefined {
  const ids = parseTraceparent(traceparent);
  if (ids === undefined) return undefined;
  const traceFlags = Number.parseInt(traceparent.slice(53, 55), 16);
  return { ...ids, traceFlags, isRemote: true };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function defined(attributes: SpanAttributes): Record<string, string | number | boolean> {
  const found = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as Record<string, string | number | boolean>;
}
