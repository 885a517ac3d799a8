import { VERSION } from '../version.ts';
import { HttpError, type HttpRequest, type HttpResponse, send } from './answer.ts';
import { openApiDocument } from './openapi/document.ts';
import { allowedMethods } from './routes.ts';

interface Page {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is told of the server itself, to callers that need not say who they are. */
const PAGES: Readonly<Record<string, (isServing: boolean) => Page>> = {
  '/': () => ({
    status: 200,
    body: {
      ...{ name: 'Baton', version: VERSION },
      ...{ openapi: '/openapi.json', health: '/healthz', mcp: '/mcp', console: '/console/' },
    },
  }),
  '/healthz': (isServing) => ({
    status: isServing ? 200 : 503,
    body: { status: isServing ? 'SERVING' : 'NOT_SERVING' },
    headers: { 'cache-control': 'no-store' },
  }),
  '/openapi.json': () => ({ status: 200, body: openApi() }),
};

let made: unknown;

/** Made when it is first asked for: most servers never are. */
function openApi(): unknown {
  made ??= openApiDocument(VERSION);
  return made;
}

/** Answers a request for a page of the server; false: it is for something else. */
export function servePage(
  request: HttpRequest,
  response: HttpResponse,
  path: string,
  isServing: boolean,
): boolean {
  const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined;
  if (page === undefined) return false;
  const method = request.method ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') {
    const allow = allowedMethods(['GET']);
    throw new HttpError(405, `${path} does not know ${method}; it knows ${allow}`, { allow });
  }
  const { status, body, headers } = page(isServing);
  send(request, response, status, body, headers);
  return true;
}
