import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatonError } from '@baton/core';
import type { HealthOptions } from './worker-options.ts';

/** What a worker says of itself; it takes work while it is `running`. */
export type Health = 'running' | 'away' | 'draining' | 'stopped';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A probe is short. */
const REQUEST_MS = 5000;

/**
 * Serves `/health/live`, which answers 200 as long as the process does, and `/health/ready`, which answers 503 while
 * no work is taken. `status` is as a server's `/healthz` has it.
 *
 * @throws BatonError `unavailable` for a port that cannot be listened on.
 */
export async function startHealthServer(
  { port, host = '127.0.0.1' }: HealthOptions,
  health: () => Health,
): Promise<HealthServer> {
  const server = createServer({ headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS });
  server.on('request', ({ url = '/', method }, response) => {
    const [path] = url.split('?');
    const state = health();
    const isProbe = path === '/health/live' || path === '/health/ready';
    if (!isProbe) {
      return answer(response, 404, { detail: 'expected /health/live or /health/ready' });
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return answer(response, 405, { detail: `${path} does not know ${method}` });
    }
    const isServing = path === '/health/live' || state === 'running';
    const status = isServing ? 'SERVING' : 'NOT_SERVING';
    answer(response, isServing ? 200 : 503, { status, state });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `health cannot be served on ${host}:${port}: ${cause.message}; name another port, or 0 for any free one`;
      reject(new BatonError('unavailable', message, { cause, retryable: false }));
    });
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
