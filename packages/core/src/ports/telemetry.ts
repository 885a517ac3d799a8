/** Facts about a span: names, numbers and codes; never what people, models or programs said, and no secrets. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a span is to the one that it is a part of: `server` answers a request, `client` sends one. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanOptions {
  /** Default `internal`. */
  readonly kind?: SpanKind | undefined;
  /** The `traceparent` of the span that it is a part of. Absent: the active span, or none. */
  readonly parent?: string | undefined;
  /** The `traceparent` of a span in another trace that led to it. */
  readonly link?: string | undefined;
  /** When it began, in milliseconds since the Unix epoch. Default: now. */
  readonly startedAt?: number | undefined;
  readonly attributes?: SpanAttributes | undefined;
}

/** A piece of work in a trace. */
export interface Span {
  /** The span as other processes are told of it (W3C Trace Context). */
  readonly traceparent: string;
  set(attributes: SpanAttributes): void;
  /** @param failure the code of the error that ended the work. */
  end(failure?: string): void;
}

/** Where spans go. Absent wherever it may be given: nothing is traced, and it costs nothing. */
export interface Telemetry {
  startSpan(name: string, options?: SpanOptions): Span;
  /** Runs `work` with the span active: spans that begin meanwhile are a part of it. */
  within<T>(span: Span, work: () => T): T;
  /** The `traceparent` of the active span. */
  active(): string | undefined;
}
