import { BatonError, type DocumentStore } from '@baton/core';
import type { Authenticator } from './access.ts';
import { createApiKeyAuthenticator } from './api-key-authenticator.ts';
import type { Caller } from './caller.ts';
import { createRecentMap } from './recent-map.ts';

/** Callers that are kept, so that one that calls again is the same. */
const MOST_CALLERS = 10_000;

/** Callers with an API key of the store. */
export function createKeyAuthenticator(documents: DocumentStore): Authenticator {
  const authenticate = createApiKeyAuthenticator({ documents });
  const callers = createRecentMap<Caller>(MOST_CALLERS);
  return {
    expects: 'an API key',
    async authenticate({ bearer }) {
      if (bearer === undefined || !bearer.startsWith('baton_')) return undefined;
      const holder = await authenticate(bearer);
      if (holder === undefined) {
        throw new BatonError('unauthenticated', 'the API key is wrong, expired or revoked');
      }
      const { keyId, name, grant, expiresAt } = holder;
      const known = callers.get(keyId);
      if (known?.grant === grant && known.expiresAt === expiresAt) return known;
      const caller: Caller = { name, shownBy: 'API key', grant, expiresAt };
      callers.set(keyId, caller);
      return caller;
    },
  };
}
