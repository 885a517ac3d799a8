import { STATUS_CODES } from 'node:http';
import { BatonError } from '@baton/core';
import { retellFields, toJsonField } from '@baton/wire';
import { cut, toWireError } from '../errors.ts';
import type { Log } from '../log.ts';
import { HTTP_STATUS } from './http-status.ts';

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
      status: HTTP_STATUS[code],
      detail: cut(retellFields(error.message, violations, toJsonField)),
      code,
      retryable,
      ...(violations.length > 0 && {
        violations: violations.map(({ field, description }) => ({
          field: toJsonField(field),
          description,
        })),
      }),
      ...(legal.length > 0 && { legal }),
      ...(Object.keys(metadata).length > 0 && { metadata }),
    },
    headers: retryable ? { 'retry-after': '1' } : {},
  };
}
