import { type ReactNode, type RefObject, useEffect } from 'react';
import { connection } from '../api/connection.ts';
import { session, signOut } from '../api/session.ts';
import { useStore } from '../api/store.ts';
import { clock } from '../components/format.ts';
import { useWaiting } from '../pages/inbox/use-waiting.ts';
import { Link } from './router.tsx';
import type { Route } from './routes.ts';
import { nextTheme, theme } from './theme.ts';

interface ShellProps {
  readonly route: Route;
  readonly main: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

/** What all pages share: the ways to them, the state of the connection, the theme. */
export function Shell({ route, main, children }: ShellProps) {
  const { key } = useStore(session);
  const waiting = useWaiting().data?.length ?? 0;
  useEffect(() => {
    const title = titleOf(route);
    if (title !== undefined) document.title = `${title} · Baton`;
  }, [route]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <Link className="brand" to={{ page: 'builds' }}>
          <img src="/console/icon.svg" width="20" height="20" alt="" />
          Baton
        </Link>
        <nav aria-label="Console">
          <NavLink route={route} to={{ page: 'builds' }} also={['build', 'start']}>
            Builds
          </NavLink>
          <NavLink route={route} to={{ page: 'inbox', workflowId: undefined }}>
            Inbox
            {waiting > 0 && (
              <span className="count">
                {waiting}
                <span className="unseen"> waiting</span>
              </span>
            )}
          </NavLink>
          <NavLink route={route} to={{ page: 'projects' }} also={['project']}>
            Projects
          </NavLink>
          <NavLink route={route} to={{ page: 'definitions', name: undefined }}>
            Definitions
          </NavLink>
        </nav>
        <div className="top-end">
          <ConnectionState />
          <ThemeSwitch />
          {key !== undefined && (
            <button type="button" className="quiet" onClick={signOut}>
              Sign out
            </button>
          )}
        </div>
      </header>
      <Stale />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

interface NavLinkProps {
  readonly route: Route;
  readonly to: Route;
  readonly also?: readonly Route['page'][];
  readonly children: ReactNode;
}

function NavLink({ route, to, also = [], children }: NavLinkProps) {
  const isHere = route.page === to.page || also.includes(route.page);
  return (
    <Link to={to} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function ConnectionState() {
  const { isLive, heardAt } = useStore(connection);
  const words = isLive ? 'Live' : heardAt === undefined ? 'Connecting' : 'Reconnecting';
  return (
    <span className={`connection ${isLive ? 'is-live' : 'is-lost'}`} role="status">
      <span className="dot" aria-hidden="true" />
      {words}
    </span>
  );
}

/** Says across the page that it is not live, and of when what it shows is. */
function Stale() {
  const { isLive, heardAt } = useStore(connection);
  if (isLive || heardAt === undefined) return null;
  return (
    <p className="stale" role="alert">
      Not live: last updated {clock(heardAt)}, reconnecting. What you type is kept.
    </p>
  );
}

const THEME_WORDS = {
  system: 'Theme: system',
  light: 'Theme: light',
  dark: 'Theme: dark',
} as const;

function ThemeSwitch() {
  const chosen = useStore(theme);
  return (
    <button type="button" className="quiet" onClick={nextTheme}>
      {THEME_WORDS[chosen]}
    </button>
  );
}

/** Undefined where the page itself knows what it is called. */
function titleOf(route: Route): string | undefined {
  switch (route.page) {
    case 'builds':
      return 'Builds';
    case 'start':
      return 'Start a build';
    case 'build':
      return undefined;
    case 'inbox':
      return 'Inbox';
    case 'projects':
      return 'Projects';
    case 'project':
      return route.projectId;
    case 'definitions':
      return 'Definitions';
    case 'missing':
      return 'Not found';
  }
}
