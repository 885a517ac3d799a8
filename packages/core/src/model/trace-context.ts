/** Where a span stands: its trace, and its id there. */
export interface SpanIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/**
 * The ids in a header `traceparent` (W3C Trace Context, level 2); undefined for one that has to be ignored. Of a
 * version that is not known yet, what is known of is read.
 */
export function parseTraceparent(header: string): SpanIds | undefined {
  // Longer than any that a version allows for what is read here: an unread tail may not cost either.
  if (header.length > MAX_TRACEPARENT) return undefined;
  const [, version, traceId = '', spanId = '', rest] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff') return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId };
}

/** Characters. */
const MAX_TRACEPARENT = 256;
