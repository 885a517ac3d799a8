import { HttpError } from './problem.ts';
import { ROUTES, type Route } from './routes.ts';

export interface Match {
  readonly route: Route;
  /** Values of the path's fields, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

const compiled = ROUTES.map((route) => ({ route, segments: route.path.split('/') }));

/**
 * The route of a request. HEAD goes where GET goes.
 *
 * @throws HttpError 404 for a path that is no route, 405 with `Allow` for another method.
 */
export function matchRoute(method: string, path: string): Match {
  const found = path.split('/');
  const matches = compiled.flatMap(({ route, segments }) => {
    const params = matchSegments(segments, found);
    return params === undefined ? [] : [{ route, params }];
  });
  if (matches.length === 0) throw new HttpError(404, `there is nothing at ${path}`);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const match = matches.find(({ route }) => route.method === wanted);
  if (match !== undefined) return match;
  const allowed = allowedMethods(matches.map(({ route }) => route.method));
  throw new HttpError(405, `${path} does not know ${method}; it knows ${allowed}`, {
    allow: allowed,
  });
}

export function allowedMethods(methods: readonly Route['method'][]): string {
  return methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
}

function matchSegments(
  template: readonly string[],
  found: readonly string[],
): Record<string, string> | undefined {
  if (template.length !== found.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of template.entries()) {
    const value = found[index] ?? '';
    if (segment.startsWith('{')) {
      if (value === '') return undefined;
      params[segment.slice(1, -1)] = decode(value);
    } else if (segment !== value) {
      return undefined;
    }
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpError(400, `'${segment}' is not a percent-encoded text`);
  }
}
