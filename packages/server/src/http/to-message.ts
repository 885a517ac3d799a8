import { BatonError } from '@baton/core';
import {
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
  ScalarType,
} from '@bufbuild/protobuf';
import { MAX_DISCARDED_BYTES, MAX_MESSAGE_BYTES } from '../limits.ts';
import { fromJsonValue } from '../messages/from-json-value.ts';
import { notA } from '../messages/malformed.ts';
import { jsonOf } from '../messages/request-reader.ts';
import { HttpError, type HttpRequest } from './answer.ts';
import type { Match } from './routes.ts';

/**
 * The request of an RPC from the parts of an HTTP request.
 *
 * @throws BatonError `invalid_input` for what is no message, and a field that is given twice in one
 * part, or with different values in two; what {@link readJsonBody} throws.
 */
export async function toMessage(
  match: Match,
  request: HttpRequest,
  query: URLSearchParams,
): Promise<Message> {
  const { route, params } = match;
  const { input } = route.rpc;
  const parts: Part[] = [];
  if (route.fields === 'body') {
    refuseQuery(query);
    parts.push({
      from: 'body',
      fields: Object.entries(bodyOf(input, await readJsonBody(request))),
    });
  } else {
    const fields = [...query].map(([name, value]): [string, unknown] => [
      name,
      fromQuery(input, name, value),
    ]);
    parts.push({ from: 'query', fields });
  }
  parts.push({ from: 'path', fields: Object.entries(params) });
  const key = request.headers['idempotency-key'];
  if (key !== undefined && route.method === 'POST') {
    const fields: [string, unknown][] = [['request_id', unquoted(String(key))]];
    parts.push({ from: 'header Idempotency-Key', fields });
  }
  return fromJsonValue(input, merged(input, parts));
}

/** What one part of a request says. */
interface Part {
  readonly from: string;
  readonly fields: readonly (readonly [name: string, value: unknown])[];
}

/** All parts as one object, each field by its JSON name; unknown ones as they are. */
function merged(schema: DescMessage, parts: readonly Part[]): object {
  const all = new Map<string, { readonly value: unknown; readonly from: string }>();
  for (const { from, fields } of parts) {
    for (const [name, value] of fields) {
      const jsonName = fieldOf(schema, name)?.jsonName ?? name;
      const known = all.get(jsonName);
      if (known?.from === from) {
        throw notA(schema, [{ field: jsonName, description: `given twice in the ${from}` }]);
      }
      if (known !== undefined && known.value !== value) {
        const description = `the ${from} says '${value}', the ${known.from} '${known.value}'`;
        throw notA(schema, [{ field: jsonName, description }]);
      }
      all.set(jsonName, { value, from });
    }
  }
  return Object.fromEntries([...all].map(([name, { value }]) => [name, value]));
}

function bodyOf(schema: DescMessage, bytes: Uint8Array | undefined): object {
  if (bytes === undefined) return {};
  const body = jsonOf(schema, bytes);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw notA(schema, [{ field: '', description: 'expected a JSON object in the body' }]);
}

/** Fields of a change come in its body. The server refuses query fields rather than ignore them. */
function refuseQuery(query: URLSearchParams): void {
  const names = [...new Set(query.keys())];
  if (names.length === 0) return;
  const violations = names.map((field) => ({
    field,
    description: 'expected in the body, found in the query',
  }));
  throw new BatonError('invalid_input', `expected no query, found ${names.join(', ')}`, {
    violations,
  });
}

function fieldOf(schema: DescMessage, name: string): DescField | undefined {
  return schema.fields.find((field) => field.jsonName === name || field.name === name);
}

/** Values of a query are text; the JSON mapping takes numbers as text, but not booleans. */
function fromQuery(schema: DescMessage, name: string, value: string): JsonValue {
  const field = fieldOf(schema, name);
  const isBoolean = field?.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL;
  if (isBoolean && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** The header's draft has a quoted string; many send it bare. */
function unquoted(key: string): string {
  return /^"[^"]*"$/.test(key) ? key.slice(1, -1) : key;
}

/**
 * The body of a request that is JSON, as bytes; undefined for an empty one.
 *
 * @throws HttpError 413 above 4 MiB (with `connection: close` where the rest is too much to be read
 * away), 415 for another content type; BatonError `cancelled` when the caller leaves in the middle.
 */
async function readJsonBody(request: HttpRequest): Promise<Uint8Array | undefined> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return undefined;
  checkContentType(request);
  return bytes;
}

function readBytes(request: HttpRequest): Promise<Buffer> {
  if (Number(request.headers['content-length']) > MAX_DISCARDED_BYTES) {
    return Promise.reject(tooLarge({ connection: 'close' }));
  }
  // Not `for await`: leaving that early would destroy the request, and with it the connection.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_MESSAGE_BYTES) chunks.push(chunk);
      else if (size > MAX_DISCARDED_BYTES) {
        request.pause();
        reject(tooLarge({ connection: 'close' }));
      }
    });
    request.once('end', () => {
      if (size > MAX_MESSAGE_BYTES) reject(tooLarge({}));
      else resolve(Buffer.concat(chunks));
    });
    const gone = (cause?: Error) =>
      reject(
        new BatonError('cancelled', 'the caller left before its request was whole', { cause }),
      );
    request.once('error', gone);
    request.once('close', () => gone());
  });
}

function tooLarge(headers: Readonly<Record<string, string>>): HttpError {
  return new HttpError(413, `the body is larger than ${MAX_MESSAGE_BYTES} bytes`, headers);
}

function checkContentType({ headers }: HttpRequest): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    const found = type === undefined ? 'none' : `'${type}'`;
    throw new HttpError(415, `expected the content type application/json, found ${found}`, {
      accept: 'application/json',
    });
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HttpError(415, `expected no content encoding, found '${encoding}'`, {
      'accept-encoding': 'identity',
    });
  }
}
