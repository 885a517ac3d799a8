import type { Http2Server, IncomingHttpHeaders, ServerOptions } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { legalGrpcTimeout } from '../legal-timeout.ts';
import { MAX_HEADER_PAIRS, MAX_REJECTED_STREAMS } from '../limits.ts';
import { REQUEST_ID_HEADER, requestIdOf } from '../request/request-id.ts';

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
 * Makes headers such as grpc-js can take, before it reads them: it does so before any interceptor of ours
 * is asked. To be called once the server listens.
 *
 * 1. Deadlines that a timer cannot wait for are shortened.
 * 2. What gRPC allows in no header is left out, as grpc-js does, which writes each of them on standard
 *    error, as long as it is.
 * 3. Every call has an id: the caller's where it is legal, else one that is made up.
 */
export function legalizeHeaders(server: Server): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.prependListener('stream', (_stream: unknown, headers: IncomingHttpHeaders) => {
      for (const name in headers) if (!isLegal(name, headers[name])) delete headers[name];
      const timeout = headers['grpc-timeout'];
      if (typeof timeout === 'string') headers['grpc-timeout'] = legalGrpcTimeout(timeout);
      headers[REQUEST_ID_HEADER] = requestIdOf(headers[REQUEST_ID_HEADER]);
    });
  }
}

const LEGAL_NAME = /^[:0-9a-z_.-]+$/;
const LEGAL_TEXT = /^[ -~]*$/;

/** Of names that end in `-bin`, the values are Base64, of which grpc-js reads what it can. */
function isLegal(name: string, value: string | string[] | undefined): boolean {
  if (!LEGAL_NAME.test(name)) return false;
  if (name.endsWith('-bin') || value === undefined) return true;
  return typeof value === 'string'
    ? LEGAL_TEXT.test(value)
    : value.every((one) => LEGAL_TEXT.test(one));
}

function moved(what: string): Error {
  return new Error(`this version of grpc-js keeps its HTTP/2 ${what} elsewhere than 1.14 does`);
}
