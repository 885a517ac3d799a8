import type { OutgoingHttpHeaders } from 'node:http';
import {
  constants,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { BatonError } from '@baton/core';
import type { ServerErrorResponse } from '@grpc/grpc-js';
import { countWrites, type Exchange, isTakenBack } from '../load/connection.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../log.ts';
import { toGrpcError } from './grpc-error.ts';

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/**
 * Lets grpc-js see a stream only when it is the stream's turn. Until then nothing of it is read. To be
 * called once the server listens, before anything is put in front of what grpc-js does with streams.
 */
export function boundStreams(
  server: Http2Server,
  load: Load,
  isStream: (path: string) => boolean,
  log: Log,
): void {
  const [serve, ...others] = server.listeners('stream') as Serve[];
  if (serve === undefined || others.length > 0) {
    throw new Error('this version of grpc-js serves HTTP/2 streams otherwise than 1.14 does');
  }
  const refusalOf = createRefusals(log);
  server.removeAllListeners('stream');
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => {
    // Until grpc-js has it, nobody else hears of its errors.
    stream.on('error', () => {});
    const connection = load.of(stream.session?.socket);
    if (connection === undefined || connection.refused !== undefined) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const exchange: Exchange = {
      connection,
      isStream: isStream(String(headers[':path'])),
      bytesAtBegin: 0,
      // grpc-js reads a request to its end, but for those of streams both ways.
      isArriving: () => !exchange.isStream && !stream.readableEnded,
      unsent: () => stream.writableLength,
      writes: countWrites(stream),
      refuse: (reason) => refuse(stream, refusalOf(reason)),
      cut: (reason) => refuse(stream, refusalOf(reason)),
      begin: () => serve(stream, headers, flags),
    };
    stream.once('close', () => load.leave(exchange, isTakenBack(stream, connection)));
    load.enter(exchange);
  });
}

function refuse(stream: ServerHttp2Stream, trailers: OutgoingHttpHeaders): void {
  if (stream.destroyed || stream.closed) return;
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return;
  }
  stream.respond(trailers, { endStream: true });
  // A request that is not whole is not read on.
  stream.close(constants.NGHTTP2_NO_ERROR);
}

/** Refusals of a flood are alike, and cost more to make than to send. */
function createRefusals(log: Log): (reason: string) => OutgoingHttpHeaders {
  let latest: { readonly reason: string; readonly headers: OutgoingHttpHeaders } | undefined;
  return (reason) => {
    if (latest?.reason !== reason) {
      const error = new BatonError('limit_exceeded', reason, { retryable: true });
      latest = { reason, headers: trailersOnly(toGrpcError(error, log)) };
    }
    return latest.headers;
  };
}

function trailersOnly({ code, details, metadata }: ServerErrorResponse): OutgoingHttpHeaders {
  return {
    ':status': 200,
    'content-type': 'application/grpc+proto',
    'grpc-status': code ?? 2,
    'grpc-message': encodeURI(details ?? ''),
    ...metadata?.toHttp2Headers(),
  };
}
