import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createOpenTelemetry } from './create-open-telemetry.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});
provider.register();
beforeEach(() => exporter.reset());
afterAll(() => provider.shutdown());

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

it('makes spans with their kind, attributes, beginning and failure', () => {
  const telemetry = createOpenTelemetry();
  const span = telemetry.startSpan('commit', {
    ...{ kind: 'server', startedAt: 1000 },
    attributes: { a: 1, left: undefined },
  });
  span.set({ b: 'two' });
  span.end('unavailable');
  const [made] = exporter.getFinishedSpans();
  expect(made).toMatchObject({
    ...{ name: 'commit', kind: 1, startTime: [1, 0] },
    attributes: { a: 1, b: 'two', 'error.type': 'unavailable' },
    status: { code: 2, message: 'unavailable' },
  });
  expect(Object.keys(made?.attributes ?? {})).not.toContain('left');
  const { traceId, spanId } = made?.spanContext() ?? {};
  expect(span.traceparent).toBe(`00-${traceId}-${spanId}-01`);
});

it('joins a trace of another process, with its decision whether it is recorded', () => {
  const telemetry = createOpenTelemetry();
  telemetry.startSpan('joined', { parent: `00-${TRACE}-${SPAN}-01` }).end();
  const dropped = telemetry.startSpan('dropped', { parent: `00-${TRACE}-${SPAN}-00` });
  dropped.end();
  const [joined, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect(joined?.spanContext().traceId).toBe(TRACE);
  expect(joined?.parentSpanContext?.spanId).toBe(SPAN);
  expect(dropped.traceparent).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
});

it('links a span of another trace, and ignores what is no traceparent', () => {
  const telemetry = createOpenTelemetry();
  const link = `00-${TRACE}-${SPAN}-01`;
  telemetry.startSpan('linked', { link, parent: 'nonsense' }).end();
  const [made] = exporter.getFinishedSpans();
  expect(made?.links).toMatchObject([{ context: { traceId: TRACE, spanId: SPAN } }]);
  expect(made?.parentSpanContext).toBeUndefined();
});

it('has the span active within, also behind what is awaited', async () => {
  const telemetry = createOpenTelemetry();
  const outer = telemetry.startSpan('outer');
  await telemetry.within(outer, async () => {
    await Promise.resolve();
    expect(telemetry.active()).toBe(outer.traceparent);
    telemetry.startSpan('inner').end();
  });
  expect(telemetry.active()).toBeUndefined();
  outer.end();
  const [inner] = exporter.getFinishedSpans();
  expect(inner?.parentSpanContext?.spanId).toBe(outer.traceparent.slice(36, 52));
});
