/** A document as a backend keeps it. */
export interface DocumentText {
  readonly key: string;
  readonly version: number;
  /** JSON. */
  readonly text: string;
}

/** Keys that are greater than `after`, at least `from` and less than `until`. */
export interface DocumentRange {
  readonly collection: string;
  readonly after: string;
  readonly from: string;
  readonly until: string;
  readonly limit: number;
}

/**
 * What a database does for `createDocumentStore`, which has checked the names, numbers and sizes. Keys are
 * compared by code point.
 */
export interface DocumentBackend {
  /** False, and nothing is written, when the stored version (0: no document) is not `follows`. */
  write(collection: string, key: string, follows: number, text: string): Promise<boolean>;
  read(collection: string, key: string): Promise<DocumentText | undefined>;
  list(range: DocumentRange): Promise<readonly DocumentText[]>;
  /** False, and nothing is removed, when the stored version is another. */
  remove(collection: string, key: string, version: number): Promise<boolean>;
}
