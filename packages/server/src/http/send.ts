import type { Log } from '../log.ts';
import type { HttpRequest, HttpResponse } from './http-types.ts';
import { toProblem } from './problem.ts';

/** How long a caller that still sends gets to read the answer before its connection is closed. */
const LINGER_MS = 1000;

/**
 * Answers with JSON. With a header `connection: close` the caller may still be sending a body that the
 * server does not read. Closing the connection at once would lose the answer.
 */
export function send(
  request: HttpRequest,
  response: HttpResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const { connection, ...others } = headers;
  const isHttp1 = request.httpVersionMajor === 1;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...others,
    // HTTP/2 has no such header: there the stream is closed.
    ...(connection !== undefined && isHttp1 && { connection }),
  });
  if (connection === undefined) response.end(bytes);
  else if (isHttp1) endLater(request, response, bytes);
  else {
    response.end(bytes);
    response.once('finish', () => 'stream' in request && request.stream.close());
  }
}

/** Answers with the problem that `reason` is. */
export function sendProblem(
  request: HttpRequest,
  response: HttpResponse,
  reason: unknown,
  log: Log,
): void {
  const { problem, headers } = toProblem(reason, log);
  const type = { 'content-type': 'application/problem+json' };
  send(request, response, problem.status, problem, { ...headers, ...type });
}

/** The answer is whole for its reader by its length; that it has ended, the reader need not know. */
function endLater(request: HttpRequest, response: HttpResponse, bytes: Uint8Array): void {
  response.write(bytes);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  response.once('close', () => clearTimeout(timer));
  request.once('end', () => response.end());
  request.resume();
}
