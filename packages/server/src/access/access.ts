import { BatonError } from '@baton/core';
import { ANYBODY, type Caller } from './caller.ts';
import type { Credentials } from './credentials.ts';

/** Finds out who calls. */
export interface Access {
  /**
   * The same object for the same caller, as long as it is remembered.
   *
   * @throws BatonError `unauthenticated`; `unavailable` when that cannot be found out now.
   */
  callerOf(credentials: Credentials): Promise<Caller> | Caller;
}

/** Asks nobody who they are: for a server that only its own machine reaches. */
export const OPEN: Access = { callerOf: () => ANYBODY };

/** One way in which callers show who they are. */
export interface Authenticator {
  /** What it is called where what would do is listed. */
  readonly expects: string;
  /**
   * The caller; undefined for credentials of another kind.
   *
   * @throws BatonError `unauthenticated` for those of its own kind that are wrong, expired or revoked;
   * `unavailable` when that cannot be found out now.
   */
  authenticate(shown: Shown): Promise<Caller | undefined> | Caller | undefined;
}

export interface Shown {
  /** What came after `Bearer`, if anything. */
  readonly bearer: string | undefined;
  readonly certificate: Credentials['certificate'];
}

/**
 * Asks the authenticators one after another. A caller that none of them knows is not admitted.
 *
 * @example
 * import { createMemoryStore, createOrchestrator } from '@baton/core';
 * import { createAccess, createKeyAuthenticator, createServer } from '@baton/server';
 * const store = await createMemoryStore();
 * const access = createAccess([createKeyAuthenticator(store.documents)]);
 * const orchestrator = createOrchestrator({ store });
 * const server = await createServer({ orchestrator, access, grpcPort: 0, httpPort: 0 });
 * await server.stop();
 */
export function createAccess(authenticators: readonly Authenticator[]): Access {
  const expected = authenticators.map(({ expects }) => expects).join(' or ');
  return {
    async callerOf({ authorization, certificate }) {
      const shown = { bearer: bearerOf(authorization), certificate };
      for (const authenticator of authenticators) {
        const caller = await authenticator.authenticate(shown);
        if (caller !== undefined) return caller;
      }
      const found = authorization === undefined ? 'nothing' : 'none that this server knows';
      throw new BatonError('unauthenticated', `expected ${expected}, found ${found}`);
    },
  };
}

function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)?.[1];
}
