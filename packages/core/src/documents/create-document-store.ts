import { BatonError } from '../model/errors.ts';
import { copyJsonObject, type JsonObject } from '../model/json.ts';
import { parseJson } from '../model/parse-json.ts';
import { validate } from '../orchestrator/validate.ts';
import type { DocumentStore, StoredDocument } from '../ports/document-store.ts';
import type { DocumentBackend, DocumentText } from './document-backend.ts';
import {
  behindPrefix,
  documentQuerySchema,
  documentSchema,
  documentVersionSchema,
  documentWriteSchema,
  MAX_DOCUMENT_BYTES,
} from './document-names.ts';

/** A store of documents on a backend: checks what callers give, and what the backend has. */
export function createDocumentStore(backend: DocumentBackend): DocumentStore {
  return {
    async write(write) {
      const { collection, key, follows } = validate(documentWriteSchema, write, 'the document');
      const text = toText(write.value, collection, key);
      return backend.write(collection, key, follows, text);
    },
    async read(collection, key) {
      validate(documentSchema, { collection, key }, 'the name of the document');
      const found = await backend.read(collection, key);
      return found && toDocument(collection, found);
    },
    async list(query) {
      const { prefix, ...checked } = validate(documentQuerySchema, query, 'the query');
      const range = { ...checked, from: prefix, until: behindPrefix(prefix) };
      return (await backend.list(range)).map((found) => toDocument(checked.collection, found));
    },
    async remove(collection, key, version) {
      validate(documentVersionSchema, { collection, key, version }, 'the name of the document');
      return backend.remove(collection, key, version);
    },
  };
}

/** @throws BatonError `invalid_input`, `limit_exceeded`. */
function toText(value: JsonObject, collection: string, key: string): string {
  const text = JSON.stringify(copyJsonObject(value));
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_DOCUMENT_BYTES) return text;
  throw new BatonError(
    'limit_exceeded',
    `the document '${key}' of '${collection}' has ${bytes} bytes of JSON; expected ${MAX_DOCUMENT_BYTES} at most`,
    { metadata: { limit: String(MAX_DOCUMENT_BYTES) } },
  );
}

/** @throws BatonError `data_loss`. */
function toDocument(collection: string, { key, version, text }: DocumentText): StoredDocument {
  const unreadable = (problem: string, cause?: unknown): BatonError =>
    new BatonError('data_loss', `the document '${key}' of '${collection}' ${problem}`, {
      metadata: { collection, key },
      cause,
    });
  if (!Number.isSafeInteger(version) || version < 1) {
    throw unreadable(`cannot be read: its version is ${version}`);
  }
  try {
    return { key, version, value: copyJsonObject(parseJson(text)) };
  } catch (cause) {
    throw unreadable(`cannot be read: ${BatonError.from(cause).message}`, cause);
  }
}
