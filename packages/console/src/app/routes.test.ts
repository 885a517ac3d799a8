import { expect, it } from 'vitest';
import { BUILD_TABS, pathTo, type Route, routeOf } from './routes.ts';

const ROUTES: readonly Route[] = [
  { page: 'builds' },
  { page: 'start' },
  ...BUILD_TABS.map((tab) => ({ page: 'build', workflowId: 'wf/1 %', tab }) as const),
  { page: 'inbox', workflowId: undefined },
  { page: 'inbox', workflowId: 'wf_1' },
  { page: 'projects' },
  { page: 'project', projectId: 'a project/with slashes' },
  ...['.', '..', '~', '~..', '~~.', '...', '%2e'].map(
    (projectId) => ({ page: 'project', projectId }) as const,
  ),
  { page: 'definitions', name: undefined },
  { page: 'definitions', name: 'build' },
];

it.each(ROUTES)('finds its way back from the path of $page', (route) => {
  // As a browser has it, which takes dots for folders.
  const { pathname } = new URL(pathTo(route), 'http://localhost');
  expect(routeOf(pathname)).toEqual(route);
});

it.each(['/console/builds/wf_1/nothing', '/console/builds/wf_1/logs/more', '/console/other'])(
  'says of a path that it is missing: %s',
  (path) => {
    expect(routeOf(path)).toEqual({ page: 'missing', path });
  },
);

it('opens the builds at the root', () => {
  expect(routeOf('/console/')).toEqual({ page: 'builds' });
});
