import { BatonError, type DocumentStore } from '@baton/core';
import type { Authenticator } from './access.ts';
import { type ApiKeyHolder, createApiKeyAuthenticator } from './api-key-authenticator.ts';
import type { Caller } from './caller.ts';
import { createRecentMap } from './recent-map.ts';

/*
 * A key that was checked is not checked again for a second: a caller makes many calls. Together with what is
 * remembered of the store, a revocation is effective after 5 s.
 */
const CHECKED_MS = 1_000;
const REMEMBERED_MS = 4_000;
/** Callers that are kept, so that one that calls again is the same. */
const MOST_CALLERS = 10_000;

interface Checked {
  readonly caller: Caller;
  readonly until: number;
}

/**
 * Callers with an API key of the store.
 *
 * @param documents where the keys are kept: `documents` of `openStore`.
 * @param now milliseconds since the Unix epoch. Default: the system's clock.
 * @example
 * import { createMemoryStore } from '@baton/core';
 * import { createAccess, createKeyAuthenticator } from '@baton/server';
 * const { documents } = await createMemoryStore();
 * const access = createAccess([createKeyAuthenticator(documents)]);
 */
export function createKeyAuthenticator(
  documents: DocumentStore,
  now: () => number = Date.now,
): Authenticator {
  const authenticate = createApiKeyAuthenticator({ documents, now, rememberMs: REMEMBERED_MS });
  const callers = createRecentMap<Caller>(MOST_CALLERS);
  const checked = createRecentMap<Checked>(MOST_CALLERS);

  function callerOf({ keyId, name, grant, expiresAt }: ApiKeyHolder): Caller {
    const known = callers.get(keyId);
    if (known?.grant === grant && known.expiresAt === expiresAt) return known;
    const caller: Caller = { name, shownBy: 'API key', grant, expiresAt };
    callers.set(keyId, caller);
    return caller;
  }

  async function check(key: string): Promise<Caller> {
    const at = now();
    const holder = await authenticate(key);
    if (holder === undefined) {
      checked.delete(key);
      throw new BatonError('unauthenticated', 'the API key is wrong, expired or revoked');
    }
    const caller = callerOf(holder);
    const until = Math.min(at + CHECKED_MS, caller.expiresAt ?? Number.POSITIVE_INFINITY);
    checked.set(key, { caller, until });
    return caller;
  }

  return {
    expects: 'an API key',
    authenticate({ bearer }) {
      if (bearer === undefined || !bearer.startsWith('baton_')) return undefined;
      const known = checked.get(bearer);
      const left = known === undefined ? 0 : known.until - now();
      // A clock that was set back remembers nothing for longer.
      return known !== undefined && left > 0 && left <= CHECKED_MS ? known.caller : check(bearer);
    },
  };
}
