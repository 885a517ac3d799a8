import { type Server, STATUS_CODES } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Log } from '../log.ts';
import {
  HttpError,
  type HttpRequest,
  type HttpResponse,
  sendProblem,
  toProblem,
} from './answer.ts';

/** What Node's parser finds, and answers itself with nothing but a status. */
const BROKEN: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are larger than 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the extensions of a chunk are larger than 16 KiB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/**
 * Answers what Node never hands on as a request, with a reason as everything else is answered: bytes that are no
 * HTTP, CONNECT, and expectations other than `100-continue`.
 *
 * `isAnswered` tells whether a connection has begun to answer: what is written then would be read as part of it.
 */
export function answerNeverRequests(
  server: Server | Http2SecureServer,
  log: Log,
  isAnswered: (socket: Duplex) => boolean,
): void {
  server.on('clientError', (reason: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || isAnswered(socket)) {
      socket.destroy();
      return;
    }
    const [status, message] = BROKEN[reason.code ?? ''] ?? [400, `no HTTP: ${reason.message}`];
    sendBare(socket, new HttpError(status, message), log);
  });
  // Over HTTP/2 a CONNECT comes with a response, and over HTTP/1.1 with the connection.
  server.on('connect', (request: HttpRequest, answer: Duplex | HttpResponse) => {
    const reason = new HttpError(405, 'this server is no proxy: it does not know CONNECT', {
      allow: 'GET, HEAD, POST, OPTIONS',
    });
    if (isResponse(answer)) sendProblem(request, answer, reason, log);
    else sendBare(answer, reason, log);
  });
  server.on('checkExpectation', (request: HttpRequest, response: HttpResponse) => {
    const found = request.headers.expect;
    const reason = new HttpError(417, `expected 100-continue in Expect, found '${found}'`, {
      connection: 'close',
    });
    sendProblem(request, response, reason, log);
  });
}

function isResponse(answer: Duplex | HttpResponse): answer is HttpResponse {
  return 'writeHead' in answer;
}

function sendBare(socket: Duplex, reason: HttpError, log: Log): void {
  const { problem, headers } = toProblem(reason, log);
  const body = JSON.stringify(problem);
  const all = {
    ...{ connection: 'close', 'content-type': 'application/problem+json' },
    ...{ 'content-length': Buffer.byteLength(body), ...headers },
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`,
  );
  // A caller who goes on sending must not keep the connection.
  socket.once('finish', () => socket.destroy());
}
