import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fromJson, type JsonObject, toJson } from '@bufbuild/protobuf';
import createClient from 'openapi-fetch';
import { ROUTES, type Route } from '../../packages/server/src/http/routes.ts';
import type { Call } from './calls.ts';
import type { Caller } from './situations.ts';

const run = promisify(execFile);

/** What a client of the plain routes makes of an answer. */
const CODES: Readonly<Record<number, string>> = {
  200: 'ok',
  204: 'ok',
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'failed_precondition',
  422: 'failed_precondition',
};

/**
 * The plain routes, by curl. Methods without one are called by Connect's own JSON, which is HTTP as well. One curl makes
 * all calls that are asked for together, one after the other.
 */
export function byCurl(httpUrl: string): Caller {
  let asked: { readonly transfer: string; answer(code: string): void }[] = [];
  const makeCalls = async () => {
    const calls = asked;
    asked = [];
    const made = run('curl', ['--config', '-']);
    made.child.stdin?.end(calls.map(({ transfer }) => transfer).join('next\n'));
    // One that fails has the status 000, and fails no other.
    const { stdout } = await made.catch((reason: { readonly stdout: string }) => reason);
    const statuses = stdout.split('\n');
    for (const [at, { answer }] of calls.entries()) {
      const status = statuses[at] ?? '';
      answer(CODES[Number(status)] ?? status);
    }
  };
  return (call, request, token) =>
    new Promise((answer) => {
      if (asked.length === 0) setImmediate(makeCalls);
      asked.push({ transfer: transferOf(httpUrl, call, request as JsonObject, token), answer });
    });
}

/** A call as curl reads it from a file. */
function transferOf(httpUrl: string, call: Call, request: JsonObject, token: string | undefined) {
  const { method, path, body } = plainRequest(call, request);
  const options = [
    ...[['url', `${httpUrl}${path}`] as const, ['request', method] as const],
    ...(token === undefined ? [] : [['header', `Authorization: Bearer ${token}`] as const]),
    ...(body === undefined ? [] : [['header', 'Content-Type: application/json'] as const]),
    ...(body === undefined ? [] : [['data', body] as const]),
    ...[['output', '/dev/null'] as const, ['max-time', '20'] as const],
    ['write-out', '%{http_code}\n'] as const,
  ];
  return `silent\n${options.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('')}`;
}

interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function plainRequest({ method }: Call, request: JsonObject): PlainRequest {
  const route = ROUTES.find(({ rpc }) => rpc === method);
  if (route === undefined) {
    const path = `/${method.parent.typeName}/${method.name}`;
    return { method: 'POST', path, body: JSON.stringify(request) };
  }
  return onRoute(route, toJson(method.input, fromJson(method.input, request)) as JsonObject);
}

function onRoute({ method, path, fields }: Route, request: JsonObject): PlainRequest {
  const rest = new Map(Object.entries(request));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const name = camelCased(field);
    const value = rest.get(name) ?? 'build';
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (fields === 'body') {
    return { method, path: filled, body: JSON.stringify(Object.fromEntries(rest)) };
  }
  const query = [...rest].map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return { method, path: `${filled}?${query.join('&')}`, body: undefined };
}

interface Described {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly operationId?: string }>>>
  >;
}

/** The operations of `/openapi.json`, by the client that is generated from it; whether it has the call at all. */
export async function byOpenApi(
  baseUrl: string,
): Promise<{ readonly call: Caller; has(call: Call): boolean }> {
  const client = createClient<never>({ baseUrl }) as unknown as Record<
    string,
    (path: string, sent: object) => Promise<{ readonly response: Response }>
  >;
  const { paths } = (await (await fetch(`${baseUrl}/openapi.json`)).json()) as Described;
  const operations = new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([verb, { operationId }]) => [operationId, { path, verb }] as const,
      ),
    ),
  );
  return {
    has: ({ method }) => operations.has(method.localName),
    async call({ method }, request, token) {
      const { path = '', verb = '' } = operations.get(method.localName) ?? {};
      const given = toJson(
        method.input,
        fromJson(method.input, request as JsonObject),
      ) as JsonObject;
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, field = '']) => field);
      const named = inPath.map((field) => [field, camelCased(field)] as const);
      const rest = { ...given };
      for (const [, name] of named) delete rest[name];
      const left = new AbortController();
      const { response } = await (client[verb.toUpperCase()] as never as (typeof client)[string])(
        path,
        {
          params: {
            path: Object.fromEntries(named.map(([field, name]) => [field, given[name] ?? 'build'])),
            ...(verb === 'get' && { query: rest }),
          },
          ...(verb === 'post' && { body: rest }),
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          parseAs: 'stream',
          signal: left.signal,
        },
      );
      left.abort();
      return CODES[response.status] ?? String(response.status);
    },
  };
}

function camelCased(field: string): string {
  return field.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
