import type { ReadinessCheck } from '../readiness.ts';
import { HttpError, type HttpRequest, type HttpResponse, send } from './answer.ts';
import { allowedMethods } from './routes.ts';

export interface ProbeOptions {
  readonly readiness: Pick<ReadinessCheck, 'now'>;
}

interface Probed {
  readonly isWell: boolean;
  readonly body: object;
}

/** What an orchestrator asks a server, and in which documents it is named. */
export const PROBES: Readonly<Record<string, (options: ProbeOptions) => Promise<Probed>>> = {
  '/livez': async () => ({ isWell: true, body: { status: 'ALIVE' } }),
  '/readyz': async ({ readiness }) => {
    const body = await readiness.now();
    return { isWell: body.status === 'READY', body };
  },
};

/** Answers a probe: 200 when all is well, else 503. */
export async function serveProbe(
  path: string,
  request: HttpRequest,
  response: HttpResponse,
  options: ProbeOptions,
): Promise<void> {
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') {
    const allow = allowedMethods(['GET']);
    throw new HttpError(405, `${path} does not know ${method}; it knows ${allow}`, { allow });
  }
  const probed = await PROBES[path]?.(options);
  if (probed === undefined) throw new Error(`${path} is no probe`);
  const status = probed.isWell ? 200 : 503;
  send(request, response, status, probed.body, { 'cache-control': 'no-store' });
}
