import type { OutgoingHttpHeaders } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { countWrites, type Exchange, isTakenBack } from '../load/connection.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../log.ts';
import type { HttpRequest, HttpResponse } from './http-types.ts';
import { HttpError, toProblem } from './problem.ts';
import { sendProblem } from './send.ts';

type Serve<Q, R> = (request: Q, response: R) => void;

/** Serves a request when it is its turn. Until then its body is not read. */
export function boundRequests<Q extends HttpRequest, R extends HttpResponse>(
  load: Load,
  isStream: (path: string) => boolean,
  log: Log,
  serve: Serve<Q, R>,
): Serve<Q, R> {
  const refusalOf = createRefusals(log);
  return (request, response) => {
    const { socket } = request;
    const stream = 'stream' in request ? request.stream : undefined;
    const connection = load.of(socket);
    if (connection === undefined || connection.refused !== undefined) {
      if (stream === undefined) socket.destroySoon();
      else stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const outgoing = stream ?? response;
    const refuse = (status: number, reason: string) => {
      if (stream?.destroyed) return;
      if (response.headersSent) {
        // An answer that is cut off must not look whole.
        if (stream === undefined) socket.destroy();
        else stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
        return;
      }
      const headers = { ...RETRY, connection: 'close' };
      sendProblem(request, response, new HttpError(status, reason, headers), log);
    };
    const exchange: Exchange = {
      connection,
      isStream: isStream(request.url?.split('?', 1)[0] ?? ''),
      bytesAtBegin: 0,
      isArriving: () =>
        stream === undefined
          ? !(request as { complete: boolean }).complete
          : !(stream.readableEnded || stream.endAfterHeaders),
      unsent: () => outgoing.writableLength,
      writes: countWrites(outgoing),
      refuse: (reason) => {
        if (stream === undefined) refuse(503, reason);
        else refuseStream(stream, refusalOf(reason));
      },
      cut: (reason) => refuse(408, reason),
      begin: () => serve(request, response),
    };
    response.once('close', () => {
      load.leave(exchange, stream !== undefined && isTakenBack(stream, connection));
    });
    load.enter(exchange);
  };
}

interface Refusal {
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

function refuseStream(stream: ServerHttp2Stream, { headers, body }: Refusal): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond(headers);
  // A request that is not whole is not read on.
  stream.end(body, () => stream.close(constants.NGHTTP2_NO_ERROR));
}

/** Refusals of a flood are alike, and cost more to make than to send. */
function createRefusals(log: Log): (reason: string) => Refusal {
  let latest: (Refusal & { readonly reason: string }) | undefined;
  return (reason) => {
    if (latest?.reason !== reason) {
      const { problem, headers } = toProblem(new HttpError(503, reason, RETRY), log);
      const body = Buffer.from(JSON.stringify(problem));
      const type = 'application/problem+json';
      const length = { 'content-type': type, 'content-length': body.length };
      latest = { reason, body, headers: { ':status': problem.status, ...length, ...headers } };
    }
    return latest;
  };
}

const RETRY = { 'retry-after': '1' };
