import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fromJson, type JsonObject, toJson } from '@bufbuild/protobuf';
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

/** The plain routes, by curl. Methods without one are called by Connect's own JSON, which is HTTP as well. */
export function byCurl(httpUrl: string): Caller {
  return async (call, request, token) => {
    const { method, path, body } = plainRequest(call, request as JsonObject);
    const { stdout } = await run('curl', [
      ...['--silent', '--max-time', '20', '--write-out', '\n%{http_code} %{content_type}'],
      ...['--request', method, `${httpUrl}${path}`],
      ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
      ...(body === undefined ? [] : ['--header', 'Content-Type: application/json', '--data', body]),
    ]);
    const [status = ''] = (stdout.split('\n').at(-1) ?? '').split(' ');
    return CODES[Number(status)] ?? status;
  };
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
    const name = field.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
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
