import type { Metrics } from '@baton/telemetry/metrics';
import { HttpError, type HttpRequest, type HttpResponse } from './answer.ts';
import { allowedMethods } from './routes.ts';

export const METRICS_PATH = '/metrics';

/** Answers with the metrics of the process. */
export async function serveMetricsRoute(
  request: HttpRequest,
  response: HttpResponse,
  metrics: Pick<Metrics, 'scrape' | 'contentType'>,
): Promise<void> {
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') {
    const allow = allowedMethods(['GET']);
    throw new HttpError(405, `${METRICS_PATH} does not know ${method}; it knows ${allow}`, {
      allow,
    });
  }
  const bytes = Buffer.from(await metrics.scrape());
  response.writeHead(200, {
    'content-type': metrics.contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}
