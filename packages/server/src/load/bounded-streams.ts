import {
  constants,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { countWrites, type Exchange, isTakenBack } from './connection.ts';
import type { Inflating } from './inflating.ts';
import type { Load } from './load.ts';

/** What tells the caller of a stream that it will not be worked on. */
export interface StreamRefusal {
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

export interface BoundedStreams {
  readonly load: Load;
  /** Whether a path answers with a stream. */
  isStream(path: string): boolean;
  /** Whether the requests for these may stay open, too. */
  readonly haveOpenRequests: boolean;
  refusalOf(reason: string, why: 'too many' | 'too slow'): StreamRefusal;
  /** What compressed requests wait for; absent: what serves sees to it. */
  readonly inflating?: Inflating;
}

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => void;

/**
 * Lets what serves HTTP/2 streams see one only when it is the stream's turn. Until then nothing of it is read,
 * and what is made for it is little. To be called before anything is put in front of what serves.
 */
export function boundStreams(
  server: Http2Server | Http2SecureServer,
  { load, isStream, haveOpenRequests, refusalOf, inflating }: BoundedStreams,
): void {
  const [serve, ...others] = server.listeners('stream') as Serve[];
  if (serve === undefined || others.length > 0) {
    throw new Error('HTTP/2 streams are served otherwise than by Node 24 and grpc-js 1.14');
  }
  server.removeAllListeners('stream');
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number) => {
    // Until the request is served, this is the only listener for its errors.
    stream.on('error', () => {});
    const connection = load.of(stream.session?.socket);
    if (connection === undefined || connection.refused !== undefined) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const path = String(headers[':path']).split('?', 1)[0] ?? '';
    const exchange: Exchange = {
      connection,
      isStream: isStream(path),
      bytesAtBegin: 0,
      isArriving: () =>
        !(stream.readableEnded || stream.endAfterHeaders) &&
        !(haveOpenRequests && exchange.isStream),
      unsent: () => stream.writableLength,
      writes: countWrites(stream),
      refuse: (reason) => refuse(stream, refusalOf(reason, 'too many')),
      cut: (reason) => refuse(stream, refusalOf(reason, 'too slow')),
      begin: () => {
        const begin = () => serve.call(server, stream, headers, flags);
        if (inflating === undefined || !isCompressed(headers)) begin();
        else void beginInflated(inflating, stream, begin);
      },
    };
    stream.once('close', () => load.leave(exchange, isTakenBack(stream, connection)));
    load.enter(exchange);
  });
}

/** What serves inflates by itself: its request keeps the room of the largest until it is answered. */
async function beginInflated(
  inflating: Inflating,
  stream: ServerHttp2Stream,
  begin: () => void,
): Promise<void> {
  const { leave } = await inflating.enter();
  if (stream.destroyed || stream.closed) {
    leave();
    return;
  }
  stream.once('close', leave);
  const respond = stream.respond;
  stream.respond = (...answer) => {
    leave();
    respond.apply(stream, answer);
  };
  begin();
}

function isCompressed({ 'grpc-encoding': encoding = 'identity' }: IncomingHttpHeaders): boolean {
  return encoding !== 'identity';
}

function refuse(stream: ServerHttp2Stream, { headers, body }: StreamRefusal): void {
  if (stream.destroyed || stream.closed) return;
  if (stream.headersSent) {
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return;
  }
  stream.respond(headers, { endStream: body === undefined });
  // A request that is not whole is not read on.
  const close = () => stream.close(constants.NGHTTP2_NO_ERROR);
  if (body === undefined) close();
  else stream.end(body, close);
}
