/** What a path of the console shows. */
export type Route =
  | { readonly page: 'builds' }
  | { readonly page: 'start' }
  | { readonly page: 'build'; readonly workflowId: string; readonly tab: BuildTab }
  | { readonly page: 'inbox'; readonly workflowId: string | undefined }
  | { readonly page: 'projects' }
  | { readonly page: 'project'; readonly projectId: string }
  | { readonly page: 'definitions'; readonly name: string | undefined }
  | { readonly page: 'missing'; readonly path: string };

export const BUILD_TABS = [
  'timeline',
  'handoffs',
  'changes',
  'evidence',
  'logs',
  'budget',
] as const;
export type BuildTab = (typeof BUILD_TABS)[number];

const BASE = '/console';

/** What a path of this origin shows. */
export function routeOf(path: string): Route {
  const missing: Route = { page: 'missing', path };
  if (!path.startsWith(BASE)) return missing;
  const parts = path.slice(BASE.length).split('/').filter(Boolean).map(decoded);
  const [first, second, third, more] = parts;
  if (more !== undefined) return missing;
  switch (first) {
    case undefined:
      return { page: 'builds' };
    case 'builds':
      if (second === undefined) return { page: 'builds' };
      return buildRoute(second, third) ?? missing;
    case 'start':
      return second === undefined ? { page: 'start' } : missing;
    case 'inbox':
      return third === undefined ? { page: 'inbox', workflowId: second } : missing;
    case 'projects':
      if (third !== undefined) return missing;
      return second === undefined ? { page: 'projects' } : { page: 'project', projectId: second };
    case 'definitions':
      return third === undefined ? { page: 'definitions', name: second } : missing;
    default:
      return missing;
  }
}

function buildRoute(workflowId: string, tab = 'timeline'): Route | undefined {
  const known = BUILD_TABS.find((one) => one === tab);
  return known && { page: 'build', workflowId, tab: known };
}

/** The path that shows it: what `routeOf` reads. */
export function pathTo(route: Route): string {
  switch (route.page) {
    case 'builds':
    case 'start':
    case 'projects':
      return `${BASE}/${route.page}`;
    case 'build': {
      const tab = route.tab === 'timeline' ? '' : `/${route.tab}`;
      return `${BASE}/builds${below(route.workflowId)}${tab}`;
    }
    case 'inbox':
      return `${BASE}/inbox${below(route.workflowId)}`;
    case 'project':
      return `${BASE}/projects${below(route.projectId)}`;
    case 'definitions':
      return `${BASE}/definitions${below(route.name)}`;
    case 'missing':
      return route.path;
  }
}

function below(name: string | undefined): string {
  return name === undefined ? '' : `/${encoded(name)}`;
}

/** A browser takes dots alone for folders, however they are escaped: such a name gets a mark before it. */
function encoded(name: string): string {
  return encodeURIComponent(DOTS.test(name) ? `~${name}` : name);
}

const DOTS = /^~*\.{1,2}$/;

function decoded(part: string): string {
  try {
    const name = decodeURIComponent(part);
    return name.startsWith('~') && DOTS.test(name) ? name.slice(1) : name;
  } catch {
    return part;
  }
}
