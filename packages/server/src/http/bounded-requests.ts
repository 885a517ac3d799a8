import type { IncomingMessage } from 'node:http';
import { countWrites, type Exchange } from '../load/connection.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../log.ts';
import type { HttpResponse } from './http-types.ts';
import { HttpError } from './problem.ts';
import { RETRY } from './refusals.ts';
import { sendProblem } from './send.ts';

type Serve<R> = (request: IncomingMessage, response: R) => void;

/** Serves a request over HTTP/1.1 when it is its turn. Until then its body is not read. */
export function boundRequests<R extends HttpResponse>(
  load: Load,
  isStream: (path: string) => boolean,
  log: Log,
  serve: Serve<R>,
): Serve<R> {
  const ending = new WeakSet<object>();
  return (request, response) => {
    const { socket } = request;
    // What is pipelined behind a refusal, which closes the connection, is not answered.
    if (ending.has(socket)) return;
    const connection = load.of(socket);
    if (connection === undefined || connection.refused !== undefined) {
      socket.destroySoon();
      return;
    }
    const refuse = (status: number, reason: string) => {
      // An answer that is cut off must not look whole.
      if (response.headersSent) {
        socket.destroy();
        return;
      }
      ending.add(socket);
      const headers = { ...RETRY, connection: 'close' };
      sendProblem(request, response, new HttpError(status, reason, headers), log);
    };
    const exchange: Exchange = {
      connection,
      isStream: isStream(request.url?.split('?', 1)[0] ?? ''),
      bytesAtBegin: 0,
      isArriving: () => !request.complete,
      unsent: () => response.writableLength,
      writes: countWrites(response),
      refuse: (reason) => refuse(503, reason),
      cut: (reason) => refuse(408, reason),
      begin: () => serve(request, response),
    };
    response.once('close', () => load.leave(exchange, false));
    load.enter(exchange);
  };
}
