import { type IncomingMessage, type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { BatonError, type ErrorCode } from '@baton/core';
import { retellFields, toJsonField } from '@baton/wire';
import { cut, toWireError } from '../errors.ts';
import type { Log } from '../log.ts';

/** HTTP/1.1 and HTTP/2 alike. */
export type HttpRequest = IncomingMessage | Http2ServerRequest;

/** What the responses of HTTP/1.1 and HTTP/2 have in common; Node types them as strangers. */
export interface HttpResponse {
  readonly headersSent: boolean;
  readonly writableLength: number;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers?: OutgoingHttpHeaders): unknown;
  write(chunk: string | Uint8Array): boolean;
  end(): unknown;
  end(chunk: Uint8Array): unknown;
  once(event: 'close' | 'drain' | 'finish', listener: () => void): unknown;
}

/** Each code of Baton as an HTTP status, for the plain HTTP routes. */
export const HTTP_STATUS = {
  invalid_input: 400,
  not_found: 404,
  illegal_transition: 409,
  wrong_state: 409,
  gate_not_passed: 422,
  timed_out: 409,
  budget_spent: 409,
  not_owner: 403,
  unauthenticated: 401,
  permission_denied: 403,
  stale_revision: 409,
  stale_epoch: 409,
  stale_claim: 409,
  already_exists: 409,
  // As the IETF's draft on the Idempotency-Key header has it.
  request_id_reused: 422,
  limit_exceeded: 413,
  unavailable: 503,
  // nginx's word for a caller who has gone.
  cancelled: 499,
  deadline_exceeded: 504,
  data_loss: 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;

/** An error of plain HTTP itself, before any operation was reached. */
export class HttpError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Problem details (RFC 9457) with Baton's own members beside the standard ones. */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly violations?: readonly { readonly field: string; readonly description: string }[];
  readonly legal?: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ProblemResponse {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** `reason` as a response. A bug in Baton is told by an id alone, as on every binding. */
export function toProblem(reason: unknown, log: Log): ProblemResponse {
  if (reason instanceof HttpError) {
    const { status, message, headers } = reason;
    const title = STATUS_CODES[status] ?? 'Error';
    return { problem: { type: 'about:blank', title, status, detail: message }, headers };
  }
  const { error } = toWireError(BatonError.from(reason), log);
  const { code, retryable, violations, legal, metadata } = error;
  return {
    problem: {
      type: `urn:baton:error:${code}`,
      title: code.replaceAll('_', ' '),
      // What is too much now, and not too large, may be asked for again.
      status: code === 'limit_exceeded' && retryable ? 503 : HTTP_STATUS[code],
      detail: cut(retellFields(error.message, violations, toJsonField)),
      code,
      retryable,
      ...(violations.length > 0 && {
        violations: violations.map(({ field, description }) => ({
          field: cut(toJsonField(field)),
          description: cut(description),
        })),
      }),
      ...(legal.length > 0 && { legal }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
    headers: {
      ...(retryable && { 'retry-after': '1' }),
      ...(code === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
    },
  };
}

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
