import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '@baton/core';
import { HTTP_STATUS } from '../answer.ts';
import type { Schema } from './json-schema.ts';

/** Statuses of plain HTTP itself, with what they mean here. */
const OF_HTTP: Readonly<Record<number, string>> = {
  405: 'The path does not know the method; `Allow` has those that it knows.',
  413: 'The body is larger than 4 MiB.',
  415: 'The body is no JSON, or is encoded.',
};

/** A caller that has gone reads no answer. */
const UNSEEN: ReadonlySet<number> = new Set([499]);

const CODES = Object.entries(HTTP_STATUS) as readonly [ErrorCode, number][];

/** Every status that a problem may have, ascending. */
const STATUSES = [
  ...new Set([...CODES.map(([, status]) => status), ...Object.keys(OF_HTTP).map(Number)]),
]
  .filter((status) => !UNSEEN.has(status))
  .sort((a, b) => a - b);

/** Problem details (RFC 9457). */
export const PROBLEM: Schema = {
  type: 'object',
  description: 'Problem details (RFC 9457). Those of an operation have a `code`.',
  properties: {
    type: { type: 'string', description: '`urn:baton:error:<code>`, or `about:blank`.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: {
      type: 'string',
      description:
        'What was wrong, what was expected and, where there is a list, the legal choices.',
    },
    code: { type: 'string', enum: CODES.map(([code]) => code) },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    violations: {
      type: 'array',
      description: 'The fields that are not valid.',
      items: {
        type: 'object',
        properties: { field: { type: 'string' }, description: { type: 'string' } },
        required: ['field', 'description'],
      },
    },
    legal: { type: 'array', description: 'The legal choices.', items: { type: 'string' } },
    metadata: { type: 'object', additionalProperties: { type: 'string' } },
  },
  required: ['type', 'title', 'status', 'detail'],
};

/** A response for each status, by its name among the components. */
export function problemResponses(): Readonly<Record<string, Schema>> {
  return Object.fromEntries(STATUSES.map((status) => [nameOf(status), response(status)]));
}

/** References to the responses that an operation may answer with. */
export function problemRefs(hasBody: boolean): Readonly<Record<string, Schema>> {
  const statuses = STATUSES.filter((status) => hasBody || ![413, 415].includes(status));
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

function nameOf(status: number): string {
  return `Problem${status}`;
}

function response(status: number): Schema {
  const codes = CODES.flatMap(([code, its]) => (its === status ? [`\`${code}\``] : []));
  const ofCodes = codes.length === 0 ? '' : `The code is ${codes.join(' or ')}.`;
  const words = [STATUS_CODES[status] ?? '', OF_HTTP[status] ?? '', ofCodes].filter(Boolean);
  return {
    description: words.join('. ').replaceAll('..', '.'),
    ...(status === 503 && {
      headers: {
        'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
      },
    }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
