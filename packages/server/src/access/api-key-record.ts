import { hash } from 'node:crypto';
import { BatonError, type DocumentStore, type Grant, type StoredDocument } from '@baton/core';
import { grantSchema, present } from '@baton/core/internal';
import { z } from 'zod';

/** The collection of the keys in a store of documents. */
export const API_KEYS = 'api-keys';

/** What is known of a key. Its secret is not. Times are milliseconds since the Unix epoch. */
export interface ApiKey {
  readonly id: string;
  /** Who the audit trail says did what its holder does. */
  readonly name: string;
  readonly grant: Grant;
  readonly createdAt: number;
  /** From when on it is refused. Absent: it does not expire. */
  readonly expiresAt?: number | undefined;
  readonly revokedAt?: number | undefined;
  /** The id of the key that a rotation made. */
  readonly replacedBy?: string | undefined;
}

const time = z.int().min(0);

/** A key as it is stored, under its id. */
const storedSchema = z.object({
  name: z.string(),
  grant: grantSchema,
  secretDigest: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: time,
  expiresAt: time.optional(),
  revokedAt: time.optional(),
  replacedBy: z.string().optional(),
});

type StoredKey = z.output<typeof storedSchema>;

/** A key with what checks its secret. */
export interface ApiKeyRecord extends ApiKey {
  /** SHA-256 in hex. */
  readonly secretDigest: string;
}

/**
 * SHA-256 of a secret. Nobody can guess 256 random bits, however fast the hash is: slow hashes and salts are for
 * passwords, which people choose.
 */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** @throws BatonError `data_loss`. */
export function toRecord({ key: id, value }: StoredDocument): ApiKeyRecord {
  const parsed = storedSchema.safeParse(value);
  if (parsed.success) return { id, ...parsed.data };
  const problem = z.prettifyError(parsed.error).replaceAll(/\s+/g, ' ');
  throw new BatonError('data_loss', `the API key ${id} cannot be read: ${problem}`, {
    metadata: { keyId: id },
  });
}

/** A key and the version that was read. */
export interface ReadKey {
  readonly record: ApiKeyRecord;
  readonly version: number;
}

export async function readKey(documents: DocumentStore, id: string): Promise<ReadKey | undefined> {
  const found = await documents.read(API_KEYS, id);
  return found && { record: toRecord(found), version: found.version };
}

/** False, and nothing is written, when somebody else has written meanwhile. */
export function writeKey(
  documents: DocumentStore,
  { id, ...stored }: ApiKeyRecord,
  follows: number,
): Promise<boolean> {
  const value = present(stored satisfies StoredKey);
  return documents.write({ collection: API_KEYS, key: id, follows, value });
}

/** Without what checks the secret. */
export function withoutSecret({ secretDigest: _, ...key }: ApiKeyRecord): ApiKey {
  return key;
}

export type ApiKeyState = 'valid' | 'replaced' | 'expired' | 'revoked';

/** Whether a key is accepted at `now`: while it is `valid`, or `replaced` by a rotation and not yet expired. */
export function stateOf(key: ApiKey, now: number): ApiKeyState {
  if (key.revokedAt !== undefined) return 'revoked';
  if (key.expiresAt !== undefined && key.expiresAt <= now) return 'expired';
  return key.replacedBy === undefined ? 'valid' : 'replaced';
}
