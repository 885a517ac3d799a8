import { HttpError, type HttpRequest, type HttpResponse } from './answer.ts';
import { CONSOLE_PAGE, type ConsoleFile, findConsole, readConsole } from './console-files.ts';
import { allowedMethods } from './routes.ts';

/** Where the console is served; its pages have their paths below it. */
const CONSOLE_PATH = '/console/';

/*
 * Nothing but this server's own files and operations: a text of a build that reached the page as markup could
 * neither run nor send anything.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'Accept-Encoding',
} as const;

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Answers a request for the console; false: it is for something else. */
export type ConsoleRoute = (request: HttpRequest, response: HttpResponse, path: string) => boolean;

/** @param folder of the built console. Default: where this package has it. */
export function createConsoleRoute(folder: string | undefined = findConsole()): ConsoleRoute {
  let files: ReadonlyMap<string, ConsoleFile> | undefined;
  return (request, response, path) => {
    if (path === CONSOLE_PATH.slice(0, -1)) {
      refuseMethod(request);
      response.writeHead(308, { location: CONSOLE_PATH });
      response.end();
      return true;
    }
    if (!path.startsWith(CONSOLE_PATH)) return false;
    refuseMethod(request);
    if (folder === undefined) {
      const message = 'the console is not built: run node scripts/console.ts';
      throw new HttpError(404, message);
    }
    // Read when it is first asked for: most servers never are.
    files ??= readConsole(folder);
    send(request, response, fileAt(files, path.slice(CONSOLE_PATH.length)));
    return true;
  };
}

/** A path that is no file is a page of the console: the page itself knows which. */
function fileAt(files: ReadonlyMap<string, ConsoleFile>, path: string): ConsoleFile {
  const found =
    files.get(path) ?? (path.startsWith('assets/') ? undefined : files.get(CONSOLE_PAGE));
  if (found !== undefined) return found;
  throw new HttpError(404, `the console has no file ${path}: it may be of another version`);
}

function refuseMethod({ method = 'GET' }: HttpRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const allow = allowedMethods(['GET']);
  throw new HttpError(405, `${CONSOLE_PATH} does not know ${method}; it knows ${allow}`, { allow });
}

function send(request: HttpRequest, response: HttpResponse, file: ConsoleFile): void {
  const { type, etag, isImmutable, encoded } = file;
  const headers = { ...HEADERS, etag, 'cache-control': isImmutable ? IMMUTABLE : 'no-cache' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  const [encoding, content] = chosen(encoded, String(request.headers['accept-encoding'] ?? ''));
  response.writeHead(200, {
    ...headers,
    'content-type': type,
    'content-length': content.length,
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  });
  if (request.method === 'HEAD') response.end();
  else response.end(content);
}

/** The first encoding that the caller takes; one that it weighs with 0 it does not take. */
function chosen(encoded: ConsoleFile['encoded'], accepted: string): readonly [string, Uint8Array] {
  const taken = new Set(
    accepted
      .split(',')
      .map((one) => one.trim().toLowerCase())
      .filter((one) => !/;\s*q=0(\.0*)?$/.test(one))
      .map((one) => one.replace(/;.*$/, '')),
  );
  const found = [...encoded].find(([encoding]) => encoding === 'identity' || taken.has(encoding));
  return found as readonly [string, Uint8Array];
}
