import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span, SpanOptions, Telemetry } from '../ports/telemetry.ts';

/** A span that was recorded. */
export interface RecordedSpan {
  readonly name: string;
  readonly traceparent: string;
  /** Undefined for the first of a trace. */
  readonly parent: string | undefined;
  readonly options: SpanOptions;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isEnded: boolean;
  readonly failure: string | undefined;
}

/** Telemetry that keeps its spans in memory, for tests. */
export interface RecordedTelemetry extends Telemetry {
  readonly spans: readonly RecordedSpan[];
  /** The spans of a name. */
  named(name: string): readonly RecordedSpan[];
}

/**
 * Telemetry that keeps its spans in memory, for tests.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createRecordedTelemetry } from '@baton/core/testing';
 * const telemetry = createRecordedTelemetry();
 * const baton = createOrchestrator({ store: await createMemoryStore(), telemetry });
 * console.log(telemetry.spans);
 */
export function createRecordedTelemetry(): RecordedTelemetry {
  type Recorded = { -readonly [K in keyof RecordedSpan]: RecordedSpan[K] };
  const active = new AsyncLocalStorage<string | undefined>();
  const spans: Recorded[] = [];
  const hex = (digits: number): string => String(spans.length + 1).padStart(digits, '0');
  return {
    spans,
    named: (name) => spans.filter((span) => span.name === name),
    startSpan(name, options = {}): Span {
      const parent = options.parent ?? active.getStore();
      const trace = parent?.slice(3, 35) ?? hex(32);
      const traceparent = `00-${trace}-${hex(16)}-01`;
      const { attributes = {} } = options;
      const recorded: Recorded = {
        ...{ name, traceparent, parent, options, attributes },
        ...{ isEnded: false, failure: undefined },
      };
      spans.push(recorded);
      return {
        traceparent,
        set(more) {
          recorded.attributes = { ...recorded.attributes, ...more };
        },
        end(failure) {
          if (recorded.isEnded) throw new Error(`the span ${name} was ended before`);
          recorded.isEnded = true;
          recorded.failure = failure;
        },
      };
    },
    within: (span, work) => active.run(span.traceparent, work),
    active: () => active.getStore(),
  };
}
