import type { DocumentStore, StoredDocument } from '../../ports/document-store.ts';

/** What the contract suite needs of a store of documents: fresh for every test. */
export interface DocumentHarness {
  readonly documents: DocumentStore;
  /** Another handle on the same data, as another process would open it. */
  another(): Promise<DocumentStore>;
  /**
   * Replaces the stored text of a document by `text`, which is JSON, but no document. Absent: nothing outside
   * of the process can change one.
   */
  readonly damage?: (collection: string, key: string, text: string) => Promise<void>;
  /** Closes every handle and removes the data. */
  destroy(): Promise<void>;
}

export type OpenDocumentHarness = () => Promise<DocumentHarness>;

/** Runs `test` on a fresh store and cleans up after it. */
export function withDocuments(
  open: OpenDocumentHarness,
  test: (harness: DocumentHarness) => Promise<void>,
) {
  return async (): Promise<void> => {
    const harness = await open();
    try {
      await test(harness);
    } finally {
      await harness.destroy();
    }
  };
}

/** Writes documents that are not there yet, each with its key as its value. */
export async function writeAll(
  documents: DocumentStore,
  collection: string,
  keys: readonly string[],
): Promise<void> {
  for (const key of keys) await documents.write({ collection, key, follows: 0, value: { key } });
}

export const keysOf = (found: readonly StoredDocument[]): readonly string[] =>
  found.map(({ key }) => key);
