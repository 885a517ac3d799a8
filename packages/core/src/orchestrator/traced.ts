import { BatonError } from '../model/errors.ts';
import { parseTraceparent } from '../model/trace-context.ts';
import type { Span, SpanOptions, Telemetry } from '../ports/telemetry.ts';

/** Runs `work` in a span of its own, and ends it with what came of it. Without telemetry it runs alone. */
export async function traced<T>(
  telemetry: Telemetry | undefined,
  name: string,
  options: () => SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (telemetry === undefined) return work(undefined);
  const span = telemetry.startSpan(name, options());
  try {
    const result = await telemetry.within(span, () => work(span));
    span.end();
    return result;
  } catch (reason) {
    span.end(BatonError.from(reason).code);
    throw reason;
  }
}

/**
 * Where a span of a build belongs: below the active span if that is in the build's trace, else right below the span
 * that began the build, with a link to the active one. A process works on many builds: what is active may belong to
 * another.
 */
export function placeIn(
  telemetry: Telemetry,
  kept: string | undefined,
): Pick<SpanOptions, 'parent' | 'link'> {
  if (kept === undefined) return {};
  const active = telemetry.active();
  if (active === undefined) return { parent: kept };
  if (traceOf(active) === traceOf(kept)) return { parent: active };
  return { parent: kept, link: active };
}

function traceOf(traceparent: string): string | undefined {
  return parseTraceparent(traceparent)?.traceId;
}
