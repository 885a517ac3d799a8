import type { JsonObject } from '../model/json.ts';
import type { WorkflowStore } from './workflow-store.ts';

/** A small document, as it is stored. */
export interface StoredDocument {
  readonly key: string;
  /** 1 when it is written first, one more with each write. */
  readonly version: number;
  readonly value: JsonObject;
}

/** Writes a document, unless its stored version is another. */
export interface DocumentWrite {
  /** What kind of document it is: 1 to 64 of a-z and `-`. */
  readonly collection: string;
  /** 1 to 512 characters. */
  readonly key: string;
  /** The version that the writer has seen; 0 for a document that is not there yet. */
  readonly follows: number;
  /** At most 64 KiB as JSON. */
  readonly value: JsonObject;
}

export interface DocumentQuery {
  readonly collection: string;
  /** Keys greater than this one; '' for all. */
  readonly after: string;
  /** Only keys that begin with it. Default: all. */
  readonly prefix?: string | undefined;
  /** 1 to 1000. */
  readonly limit: number;
}

/**
 * Keeps what a server has to know beside workflows: its API keys, what it has delivered to whom. Documents are
 * small and few beside events, and all servers of a store see the same. The contract suite in
 * `@baton/core/testing` checks every sentence of this interface.
 *
 * Every method may reject with a BatonError: `invalid_input`, `limit_exceeded` (a value that is too large),
 * `unavailable` (retryable; whether a write was done is then unknown) or `data_loss` (a document that cannot
 * be read, named in the message).
 */
export interface DocumentStore {
  /** False, and nothing is written, when the stored version is not the one that the write follows. */
  write(write: DocumentWrite): Promise<boolean>;

  read(collection: string, key: string): Promise<StoredDocument | undefined>;

  /** By key, in the order of code points. */
  list(query: DocumentQuery): Promise<readonly StoredDocument[]>;

  /** False, and nothing is removed, when the stored version is another. */
  remove(collection: string, key: string, version: number): Promise<boolean>;
}

/** A store of workflows that keeps documents in the same place, on the same connection. */
export interface StoreWithDocuments extends WorkflowStore {
  /** They end with the store. */
  readonly documents: DocumentStore;
}
