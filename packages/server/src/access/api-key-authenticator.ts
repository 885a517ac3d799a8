import { randomBytes, timingSafeEqual } from 'node:crypto';
import { BatonError, type DocumentStore, type Grant } from '@baton/core';
import { createKeyLookup } from './api-key-lookup.ts';
import { type ApiKeyRecord, digestOf, stateOf } from './api-key-record.ts';
import { parseApiKey } from './api-key-text.ts';

/** Whom a key shows to be calling. */
export interface ApiKeyHolder {
  readonly name: string;
  readonly keyId: string;
  readonly grant: Grant;
  /** Milliseconds since the Unix epoch, from when on the key is refused. */
  readonly expiresAt?: number | undefined;
}

/** Options of {@link createApiKeyAuthenticator}. */
export interface ApiKeyAuthenticatorOptions {
  /** Where the keys are kept: `documents` of `openStore`. */
  readonly documents: DocumentStore;
  /** Milliseconds since the Unix epoch. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
  /**
   * Milliseconds after which what the store says of a key is read again, 0 to 5000: a revocation is effective
   * after that. Default 5000.
   */
  readonly rememberMs?: number | undefined;
}

/** The limit that the promise of a revocation sets. */
const MOST_REMEMBER_MS = 5000;

/** Compared with where there is no key, so that it takes the same work. */
const NO_DIGEST = randomBytes(32);

/**
 * Returns a function that says who holds an API key; undefined for a key that is malformed, unknown, expired or
 * revoked. It keeps no secrets and compares in constant time.
 *
 * The function rejects with a BatonError: `unavailable` when the store is away, or when more unknown keys come than
 * it may be asked for; `data_loss`.
 *
 * @throws BatonError `invalid_input`.
 * @example
 * import { createMemoryStore } from '@baton/core';
 * import { createApiKeyAuthenticator } from '@baton/server';
 * const { documents } = await createMemoryStore();
 * const authenticate = createApiKeyAuthenticator({ documents });
 * console.log(await authenticate('baton_…')); // undefined
 */
export function createApiKeyAuthenticator({
  documents,
  now = Date.now,
  rememberMs = MOST_REMEMBER_MS,
}: ApiKeyAuthenticatorOptions): (key: string) => Promise<ApiKeyHolder | undefined> {
  if (!Number.isInteger(rememberMs) || rememberMs < 0 || rememberMs > MOST_REMEMBER_MS) {
    const text = `rememberMs: found ${rememberMs}, expected 0 to ${MOST_REMEMBER_MS}`;
    throw new BatonError('invalid_input', text);
  }
  const lookup = createKeyLookup({ documents, now, rememberMs });

  return async (key) => {
    const parts = parseApiKey(key);
    if (parts === undefined) return undefined;
    const record = await lookup(parts.id);
    const stored = record === undefined ? NO_DIGEST : Buffer.from(record.secretDigest, 'hex');
    const isSame = timingSafeEqual(digestOf(parts.secret), stored);
    return isSame && record !== undefined ? holderOf(record, now()) : undefined;
  };
}

function holderOf(record: ApiKeyRecord, now: number): ApiKeyHolder | undefined {
  const state = stateOf(record, now);
  if (state === 'revoked' || state === 'expired') return undefined;
  const { name, id: keyId, grant, expiresAt } = record;
  return { name, keyId, grant, ...(expiresAt !== undefined && { expiresAt }) };
}
