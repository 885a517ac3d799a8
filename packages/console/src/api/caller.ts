import type { CallerDescription } from '@baton/core/api';
import { useQuery } from '@tanstack/react-query';
import { client, session } from './session.ts';
import { createStore, useStore } from './store.ts';

const NAME = 'baton.name';

/** As whom the person decides and starts, where the server leaves that open. */
export const personName = createStore(localStorage.getItem(NAME) ?? '');

personName.subscribe(() => localStorage.setItem(NAME, personName.get()));

type Permission = CallerDescription['permissions'][number];

/** What the caller is and may do; undefined until the server has said it. */
function useCaller(): CallerDescription | undefined {
  const { key } = useStore(session);
  const { data } = useQuery({
    queryKey: ['caller', key],
    queryFn: () => client().describeCaller(),
    staleTime: 60_000,
  });
  return data;
}

/** Whether the caller has a permission: what it may not do is not offered. */
export function useMay(permission: Permission): boolean {
  return useCaller()?.permissions.includes(permission) ?? false;
}

/** Whether the server has said that the caller has not got a permission. */
export function useMayNot(permission: Permission): boolean {
  return useCaller()?.permissions.includes(permission) === false;
}

export interface Person {
  readonly name: string;
  /** Whether the server takes no other name of this caller. */
  readonly isFixed: boolean;
}

/** By which name the person acts. */
export function usePerson(): Person {
  const typed = useStore(personName);
  return personOf(useCaller(), typed);
}

/** @param typed what the person calls itself; '': nothing. */
function personOf(caller: CallerDescription | undefined, typed: string): Person {
  if (caller === undefined || caller.shownBy === 'nothing') return { name: typed, isFixed: false };
  const { name, actors } = caller;
  if (!actors.any && actors.names.length === 0) return { name, isFixed: true };
  return { name: typed === '' ? name : typed, isFixed: false };
}
