import type { Metrics } from '@baton/telemetry/metrics';
import type { Guard } from '../access/guard.ts';
import { denied, lacksPermission } from '../access/refusals.ts';
import { HttpError, type HttpRequest, type HttpResponse } from './answer.ts';
import { credentialsOf } from './credentials.ts';
import { allowedMethods } from './routes.ts';

export const METRICS_PATH = '/metrics';

/** The metrics of the process, for callers that may read all projects: they are of all. */
export interface GuardedMetrics extends Pick<Metrics, 'scrape' | 'contentType'> {
  readonly guard: Pick<Guard, 'admit'>;
}

/** Answers with the metrics of the process. */
export async function serveMetricsRoute(
  request: HttpRequest,
  response: HttpResponse,
  { guard, ...metrics }: GuardedMetrics,
): Promise<void> {
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') {
    const allow = allowedMethods(['GET']);
    throw new HttpError(405, `${METRICS_PATH} does not know ${method}; it knows ${allow}`, {
      allow,
    });
  }
  const { caller } = await guard.admit({ credentials: credentialsOf(request) });
  const { permissions, projects } = caller.grant;
  if (!permissions.includes('read')) throw lacksPermission(caller, 'read');
  if (projects !== '*') throw denied(caller, 'metrics are of all projects, and it is for some');
  const bytes = Buffer.from(await metrics.scrape());
  response.writeHead(200, {
    'content-type': metrics.contentType,
    'content-length': bytes.length,
    'cache-control': 'no-store',
  });
  response.end(bytes);
}
