import { useCallback, useEffect, useRef } from 'react';
import { usePulse } from '../api/connection.ts';
import { queryClient } from '../api/query-client.ts';
import { BuildPage } from '../pages/build/build-page.tsx';
import { BuildsPage } from '../pages/builds/builds-page.tsx';
import { DefinitionsPage } from '../pages/definitions/definitions-page.tsx';
import { InboxPage } from '../pages/inbox/inbox-page.tsx';
import { ProjectPage } from '../pages/projects/project-page.tsx';
import { ProjectsPage } from '../pages/projects/projects-page.tsx';
import { StartPage } from '../pages/start/start-page.tsx';
import { Link, useRoute } from './router.tsx';
import type { Route } from './routes.ts';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

/** The whole console: what its address says, within the frame that all pages share. */
export function App() {
  const route = useRoute();
  const onBack = useCallback(() => void queryClient.invalidateQueries(), []);
  usePulse(onBack);
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    // Another page begins at its top, for eyes and for screen readers.
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);
  return (
    <>
      <Shell route={route} main={main}>
        <Page route={route} />
      </Shell>
      <SignIn />
    </>
  );
}

/** What counts as a page of its own: the tabs of a build are one. */
function placeOf(route: Route): string {
  return route.page === 'build' ? route.workflowId : JSON.stringify(route);
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'builds':
      return <BuildsPage />;
    case 'start':
      return <StartPage />;
    case 'build':
      return <BuildPage key={route.workflowId} workflowId={route.workflowId} tab={route.tab} />;
    case 'inbox':
      return <InboxPage workflowId={route.workflowId} />;
    case 'projects':
      return <ProjectsPage />;
    case 'project':
      return <ProjectPage projectId={route.projectId} />;
    case 'definitions':
      return <DefinitionsPage name={route.name} />;
    case 'missing':
      return (
        <div className="page">
          <h1>There is no page at {route.path}</h1>
          <p>
            <Link to={{ page: 'builds' }}>See all builds</Link>
          </p>
        </div>
      );
  }
}
