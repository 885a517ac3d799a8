import { type BatonClient, createBatonClient } from '@baton/client';
import { createStore } from './store.ts';

/*
 * 1. The key is kept for this tab alone, and sent as a bearer token with each call.
 * 2. `asking` says that the server wants a key, or another one: the page stays as it is, under the sign-in.
 */

const KEY = 'baton.key';

interface Session {
  readonly key: string | undefined;
  /** Why a key is asked for; undefined: none is. */
  readonly asking: string | undefined;
}

/** A link from a terminal may bring the key in its fragment, which is sent to no server. */
function keyFromLink(): string | undefined {
  const found = new URLSearchParams(location.hash.slice(1)).get('key');
  if (found === null || found === '') return undefined;
  sessionStorage.setItem(KEY, found);
  history.replaceState(history.state, '', location.pathname + location.search);
  return found;
}

export const session = createStore<Session>({
  key: keyFromLink() ?? sessionStorage.getItem(KEY) ?? undefined,
  asking: undefined,
});

let made: { readonly key: string | undefined; readonly client: BatonClient } | undefined;

/** The client of this server, with the key of the session. It repeats nothing: pages show that a call failed. */
export function client(): BatonClient {
  const { key } = session.get();
  if (made === undefined || made.key !== key) {
    const baseUrl = location.origin;
    made = {
      key,
      client: createBatonClient({ baseUrl, token: key, retries: 0, timeoutMs: 15_000 }),
    };
  }
  return made.client;
}

/** @param reason why the key that was sent was refused. */
export function askForKey(reason: string): void {
  session.set(({ key, asking }) => ({
    key,
    asking: key === undefined ? (asking ?? 'This server asks who you are.') : reason,
  }));
}

export function signIn(key: string): void {
  sessionStorage.setItem(KEY, key);
  session.set({ key, asking: undefined });
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  session.set({ key: undefined, asking: 'You have signed out.' });
}
