import type { Http2Server, IncomingHttpHeaders, ServerOptions } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { legalGrpcTimeout } from '../legal-timeout.ts';
import { MAX_HEADER_PAIRS, MAX_REJECTED_STREAMS } from '../limits.ts';

/**
 * What only the HTTP/2 servers inside of grpc-js can be told. They are private to it, and our exact
 * version of it is pinned.
 */
interface Private {
  readonly commonServerOptions?: ServerOptions;
  readonly http2Servers?: ReadonlyMap<Http2Server, unknown>;
}

/**
 * Lets a call have as many headers as their size allows, of which callers are told, where Node would reset
 * it above 128, and refuses streams rather than their connection. To be called before the server listens.
 */
export function setBounds(server: Server): void {
  const { commonServerOptions } = server as unknown as Private;
  if (commonServerOptions === undefined) throw moved('options');
  commonServerOptions.maxHeaderListPairs = MAX_HEADER_PAIRS;
  commonServerOptions.maxSessionRejectedStreams = MAX_REJECTED_STREAMS;
}

/** The HTTP/2 servers inside of a server that listens. */
export function http2ServersOf(server: Server): readonly Http2Server[] {
  const { http2Servers } = server as unknown as Private;
  if (http2Servers === undefined || http2Servers.size === 0) throw moved('servers');
  return [...http2Servers.keys()];
}

/**
 * Shortens deadlines that a timer cannot wait for, before grpc-js arms its timer: it does so before any
 * interceptor of ours is asked. To be called once the server listens.
 */
export function clampDeadlines(server: Server): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.prependListener('stream', (_stream: unknown, headers: IncomingHttpHeaders) => {
      const timeout = headers['grpc-timeout'];
      if (typeof timeout === 'string') headers['grpc-timeout'] = legalGrpcTimeout(timeout);
    });
  }
}

function moved(what: string): Error {
  return new Error(`this version of grpc-js keeps its HTTP/2 ${what} elsewhere than 1.14 does`);
}
