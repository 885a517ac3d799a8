import { describe } from 'vitest';
import type { OpenDocumentHarness } from './harness.ts';
import { documentListContract } from './lists.ts';
import { documentRefusalContract } from './refusals.ts';
import { documentWriteContract } from './writes.ts';

/**
 * The contract of a DocumentStore as vitest tests: everything that Baton relies on.
 *
 * @param open opens a fresh, empty store for each test.
 */
export function describeDocumentStoreContract(name: string, open: OpenDocumentHarness): void {
  describe(`${name} keeps the contract of documents`, () => {
    documentWriteContract(open);
    documentListContract(open);
    documentRefusalContract(open);
  });
}
