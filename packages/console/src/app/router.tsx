import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useMemo,
  useRef,
} from 'react';
import { createStore, useStore } from '../api/store.ts';
import { pathTo, type Route, routeOf } from './routes.ts';

const here = () => location.pathname + location.search;
const address = createStore(here());
addEventListener('popstate', () => address.set(here()));

/** Goes to an address of the console. @param replace leaves no entry to go back to. */
export function go(to: string, replace = false): void {
  if (to === here()) return;
  if (replace) history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  address.set(here());
}

export function useRoute(): Route {
  const [path = ''] = useStore(address).split('?');
  return useMemo(() => routeOf(path), [path]);
}

/** Changes parts of the query; '' takes one out. @param replace leaves no entry to go back to. */
export function changeQuery(parts: Readonly<Record<string, string>>, replace = false): void {
  const next = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(parts)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  go(location.pathname + (text === '' ? '' : `?${text}`), replace);
}

/** A part of the query; '' and what is absent are the same. Changing it leaves an entry to go back to, unless told. */
export function useParam(
  name: string,
): readonly [string, (value: string, replace?: boolean) => void] {
  const query = useStore(address).split('?')[1] ?? '';
  const set = useCallback(
    (value: string, replace = false) => changeQuery({ [name]: value }, replace),
    [name],
  );
  return [new URLSearchParams(query).get(name) ?? '', set];
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: Route;
  /** Without the `?`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Hears that the link is about to be used: the pointer rests on it, it is pressed, or it has the focus. */
  readonly onIntent?: (() => void) | undefined;
  readonly children: ReactNode;
}

/** How long a pointer rests on what it is about to press, at least, in milliseconds. */
const REST_MS = 60;

/** A link within the console. A modified click is the browser's. */
export function Link({ to, query = {}, onIntent, children, ...rest }: LinkProps) {
  const text = new URLSearchParams(query).toString();
  const href = pathTo(to) + (text === '' ? '' : `?${text}`);
  const onClick = (event: MouseEvent<HTMLAnchorElement>) => {
    rest.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a {...rest} {...useIntent(onIntent)} href={href} onClick={onClick}>
      {children}
    </a>
  );
}

function useIntent(onIntent: (() => void) | undefined) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (onIntent === undefined) return {};
  const leave = () => clearTimeout(timer.current);
  return {
    onPointerEnter: () => {
      timer.current = setTimeout(onIntent, REST_MS);
    },
    onPointerLeave: leave,
    onPointerDown: onIntent,
    onFocus: onIntent,
  };
}
