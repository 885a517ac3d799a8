import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A span as a collector gets it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first span of a trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  readonly links: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: OTLP in JSON
type Json = any;

/** A collector that keeps the traces that come by OTLP over HTTP, as JSON. */
export async function startReceiver() {
  const spans: ReceivedSpan[] = [];
  let received = '';
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received += JSON.stringify(request.headers) + body;
    if (request.url === '/v1/traces') spans.push(...spansIn(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    spans,
    /** All that came, headers and bodies, as it came. */
    received: () => received,
    /** What a process has to be told to send its spans here, soon. */
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  };
}

function spansIn({ resourceSpans = [] }: Json): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }: Json) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }: Json) =>
      spans.map((span: Json) => ({
        service,
        traceId: span.traceId,
        spanId: span.spanId,
        parentId: span.parentSpanId || undefined,
        name: span.name,
        links: (span.links ?? []).map(({ spanId }: Json) => spanId),
        attributes: attributesOf(span.attributes),
      })),
    );
  });
}

function attributesOf(pairs: Json = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }: Json) => [key, Object.values(value)[0]]));
}
