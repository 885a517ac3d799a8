import type { IncomingMessage } from 'node:http';
import type { StreamRefusal } from '../load/bounded-streams.ts';
import { countWrites, type Exchange } from '../load/connection.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../log.ts';
import { HttpError, type HttpResponse, sendProblem, toProblem } from './answer.ts';

/** What was refused for the load may be asked again soon. */
const RETRY = { 'retry-after': '1' } as const;

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

const STATUS = { 'too many': 503, 'too slow': 408 } as const;

/** Refusals of a flood over HTTP/2 are alike, and cost more to make than to send. */
export function createRefusals(
  log: Log,
): (reason: string, why: keyof typeof STATUS) => StreamRefusal {
  let latest: (StreamRefusal & { readonly reason: string; readonly why: string }) | undefined;
  return (reason, why) => {
    if (latest?.reason === reason && latest.why === why) return latest;
    const { problem, headers } = toProblem(new HttpError(STATUS[why], reason, RETRY), log);
    const body = Buffer.from(JSON.stringify(problem));
    latest = {
      ...{ reason, why, body },
      headers: {
        ...{ ':status': problem.status, 'content-type': 'application/problem+json' },
        ...{ 'content-length': body.length, ...headers },
      },
    };
    return latest;
  };
}
