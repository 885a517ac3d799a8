import type { Http2Server, IncomingHttpHeaders } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { legalGrpcTimeout } from '../legal-timeout.ts';

/**
 * Shortens deadlines that a timer cannot wait for, before grpc-js arms its timer: it does so before any
 * interceptor of ours is asked. Its HTTP/2 servers are private to it; our exact version of it is pinned.
 *
 * @throws Error for a version of grpc-js that keeps them elsewhere.
 */
export function clampDeadlines(server: Server): void {
  const { http2Servers } = server as unknown as { http2Servers?: Map<Http2Server, unknown> };
  if (http2Servers === undefined || http2Servers.size === 0) {
    throw new Error('grpc-js has no HTTP/2 servers where version 1.14 has them');
  }
  for (const http2Server of http2Servers.keys()) {
    http2Server.prependListener('stream', (_stream: unknown, headers: IncomingHttpHeaders) => {
      const timeout = headers['grpc-timeout'];
      if (typeof timeout === 'string') headers['grpc-timeout'] = legalGrpcTimeout(timeout);
    });
  }
}
