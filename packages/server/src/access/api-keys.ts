import { BatonError, type DocumentStore, type GrantInput } from '@baton/core';
import { grantSchema, idSchema, validate } from '@baton/core/internal';
import { z } from 'zod';
import {
  API_KEYS,
  type ApiKey,
  type ApiKeyRecord,
  digestOf,
  type ReadKey,
  readKey,
  stateOf,
  toRecord,
  withoutSecret,
  writeKey,
} from './api-key-record.ts';
import { formatApiKey, isApiKeyId, newApiKeyId, newApiKeySecret } from './api-key-text.ts';

/** Options of {@link createApiKeys}. */
export interface ApiKeysOptions {
  /** Where the keys are kept: `documents` of `openStore`. */
  readonly documents: DocumentStore;
  /** Milliseconds since the Unix epoch. Default: the system's clock. */
  readonly now?: (() => number) | undefined;
}

/** A new key, and what is known of it. */
export interface NewApiKey {
  /** What its holder sends. It is nowhere else, and cannot be shown again. */
  readonly secretKey: string;
  readonly key: ApiKey;
}

export interface CreateApiKey {
  /** Who the audit trail says did what its holder does: 1 to 256 characters. */
  readonly name: string;
  readonly grant: GrantInput;
  /** Milliseconds from now, 1 or more. Default: it does not expire. */
  readonly expiresInMs?: number | undefined;
}

export interface RotateApiKey {
  /** Milliseconds for which the old key is still accepted, 0 or more. Default: a day. */
  readonly overlapMs?: number | undefined;
  /** Milliseconds from now until the new key expires. Default: as long as the old one was to last. */
  readonly expiresInMs?: number | undefined;
}

/**
 * The API keys of a server. Each method rejects with a BatonError: `invalid_input`, `not_found` for an unknown id,
 * `wrong_state` for a key that cannot be rotated, `unavailable` (whether it was done is then unknown: see the
 * list) or `data_loss`.
 */
export interface ApiKeys {
  create(key: CreateApiKey): Promise<NewApiKey>;
  /** All of them, the oldest first; those too that expired or were revoked. */
  list(): Promise<readonly ApiKey[]>;
  /** Creates a key of the same name and grant. The old one expires after an overlap, or before. */
  rotate(id: string, options?: RotateApiKey): Promise<NewApiKey & { readonly replaced: ApiKey }>;
  /** Every server refuses it within 5 s. A revoked key stays as it is. */
  revoke(id: string): Promise<ApiKey>;
}

const DAY_MS = 86_400_000;
/** Keys that are read at once. */
const PAGE = 1000;

const durationMs = z.int().max(100 * 365 * DAY_MS);
const createSchema = z.strictObject({
  name: idSchema,
  grant: grantSchema,
  expiresInMs: durationMs.min(1).optional(),
});
const rotateSchema = z.strictObject({
  overlapMs: durationMs.min(0).default(DAY_MS),
  expiresInMs: durationMs.min(1).optional(),
});

/**
 * Creates, lists, rotates and revokes the API keys that are kept in a store.
 *
 * @example
 * import { openStore } from '@baton/adapters/open-store';
 * import { createApiKeys } from '@baton/server';
 * const { documents, close } = await openStore('sqlite:baton.sqlite');
 * const { secretKey } = await createApiKeys({ documents }).create({
 *   name: 'ci',
 *   grant: { projects: ['shop'], permissions: ['read', 'start'] },
 *   expiresInMs: 90 * 86_400_000,
 * });
 * console.log(secretKey);
 * await close();
 */
export function createApiKeys({ documents, now = Date.now }: ApiKeysOptions): ApiKeys {
  async function add(key: Omit<ApiKey, 'id' | 'createdAt'>): Promise<NewApiKey> {
    const [id, secret] = [newApiKeyId(), newApiKeySecret()];
    const secretDigest = digestOf(secret).toString('hex');
    const record: ApiKeyRecord = { ...key, id, createdAt: now(), secretDigest };
    // 95 random bits: nobody has the same.
    await writeKey(documents, record, 0);
    return { secretKey: formatApiKey({ id, secret }), key: withoutSecret(record) };
  }

  async function find(id: string): Promise<ReadKey> {
    const found = isApiKeyId(id) ? await readKey(documents, id) : undefined;
    if (found !== undefined) return found;
    throw new BatonError('not_found', `there is no API key with the id '${id}'`);
  }

  /** Changes a key as it is then, whoever else does. */
  async function change(
    id: string,
    next: (record: ApiKeyRecord) => ApiKeyRecord | undefined,
  ): Promise<ApiKeyRecord> {
    for (;;) {
      const { record, version } = await find(id);
      const changed = next(record);
      if (changed === undefined) return record;
      if (await writeKey(documents, changed, version)) return changed;
    }
  }

  return {
    async create(key) {
      const { name, grant, expiresInMs } = validate(createSchema, key, 'the API key');
      return add({ name, grant, expiresAt: after(now(), expiresInMs) });
    },

    async list() {
      const found: ApiKey[] = [];
      for (;;) {
        const after = found.at(-1)?.id ?? '';
        const page = await documents.list({ collection: API_KEYS, after, limit: PAGE });
        found.push(...page.map((one) => withoutSecret(toRecord(one))));
        if (page.length < PAGE) return found.toSorted((a, b) => a.createdAt - b.createdAt);
      }
    },

    async rotate(id, options = {}) {
      const { overlapMs, expiresInMs } = validate(rotateSchema, options, 'the rotation');
      const { record } = await find(id);
      checkRotatable(record, now());
      const lastsMs = record.expiresAt && record.expiresAt - record.createdAt;
      const expiresAt = after(now(), expiresInMs ?? lastsMs);
      // Before the old one is told to expire: what breaks off in between leaves the holder a key.
      const made = await add({ name: record.name, grant: record.grant, expiresAt });
      try {
        const replaced = await change(id, (current) => {
          checkRotatable(current, now());
          const end = Math.min(now() + overlapMs, current.expiresAt ?? Number.POSITIVE_INFINITY);
          return { ...current, expiresAt: end, replacedBy: made.key.id };
        });
        return { ...made, replaced: withoutSecret(replaced) };
      } catch (reason) {
        // When it is unknown whether the old one was changed, the new one stays: the old one may name it.
        if (BatonError.from(reason).code === 'wrong_state') {
          await documents.remove(API_KEYS, made.key.id, 1);
        }
        throw reason;
      }
    },

    async revoke(id) {
      const revoked = await change(id, (record) =>
        record.revokedAt === undefined ? { ...record, revokedAt: now() } : undefined,
      );
      return withoutSecret(revoked);
    },
  };
}

function after(now: number, durationMs: number | undefined): number | undefined {
  return durationMs === undefined ? undefined : now + durationMs;
}

/** @throws BatonError `wrong_state`. */
function checkRotatable(record: ApiKeyRecord, now: number): void {
  const state = stateOf(record, now);
  if (state === 'valid') return;
  const why = {
    revoked: 'was revoked: create another',
    expired: 'has expired: create another',
    replaced: `was replaced by ${record.replacedBy}: rotate that`,
  }[state];
  throw new BatonError('wrong_state', `the API key ${record.id} of '${record.name}' ${why}`);
}
