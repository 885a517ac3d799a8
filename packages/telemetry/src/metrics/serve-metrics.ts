import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

/** Where metrics are served. */
export interface MetricsServer {
  /** `http://<host>:<port>/metrics` */
  readonly url: string;
  close(): Promise<void>;
}

/** Options of {@link serveMetrics}. */
export interface MetricsServerOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The address to listen on: callers are not authenticated. Default 127.0.0.1. */
  readonly host?: string | undefined;
}

/** A scrape is short. */
const REQUEST_MS = 5000;
/** Prometheus needs one. */
const MOST_CONNECTIONS = 32;

/**
 * Serves metrics as `GET /metrics` on a port of their own.
 *
 * @throws Error for a port that cannot be listened on.
 * @example
 * import { createMetrics, serveMetrics } from '@baton/telemetry/metrics';
 * const metrics = createMetrics();
 * const { url, close } = await serveMetrics(metrics, { port: 0 });
 * console.log(url);
 * await close();
 * metrics.stop();
 */
export async function serveMetrics(
  metrics: Pick<Metrics, 'scrape' | 'contentType'>,
  { port, host = '127.0.0.1' }: MetricsServerOptions,
): Promise<MetricsServer> {
  const server = createServer({ headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('request', (request, response) => void answer(request, response, metrics));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `metrics cannot be served on ${host}:${port}: ${cause.message}`;
      reject(new Error(message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { url = '/', method }: IncomingMessage,
  response: ServerResponse,
  metrics: Pick<Metrics, 'scrape' | 'contentType'>,
): Promise<void> {
  const say = (status: number, type: string, body: string, headers: object = {}): void => {
    const common = { 'content-type': type, 'cache-control': 'no-store' };
    response.writeHead(status, { ...common, ...headers });
    response.end(body);
  };
  if (url.split('?', 1)[0] !== '/metrics') return say(404, 'text/plain', 'expected /metrics\n');
  if (method !== 'GET' && method !== 'HEAD') {
    return say(405, 'text/plain', 'expected GET\n', { allow: 'GET, HEAD' });
  }
  try {
    say(200, metrics.contentType, await metrics.scrape());
  } catch {
    say(500, 'text/plain', 'the metrics could not be read\n');
  }
}
