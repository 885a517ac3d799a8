import type { DocumentStore } from '@baton/core';
import { createDocumentStore } from '@baton/core/internal';
import { toDocumentText } from '../relational/document-row.ts';
import type { RunStatement } from './run-statement.ts';
import type { Statements } from './statements.ts';

/** Documents in the store's database. */
export function createPostgresDocuments(
  run: RunStatement,
  statements: Statements,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): DocumentStore {
  return createDocumentStore({
    write: (collection, key, follows, text) =>
      guarded(async () => {
        const values = [collection, key, text];
        const rows =
          follows === 0
            ? await run(statements.insertDocument, values)
            : await run(statements.updateDocument, [...values, follows]);
        return rows.length === 1;
      }),
    read: (collection, key) =>
      guarded(async () => {
        const [row] = await run(statements.selectDocument, [collection, key]);
        return row && toDocumentText(row);
      }),
    list: ({ collection, after, from, until, limit }) =>
      guarded(async () => {
        const values = [collection, after, from, until, limit];
        return (await run(statements.selectDocuments, values)).map(toDocumentText);
      }),
    remove: (collection, key, version) =>
      guarded(async () => {
        const rows = await run(statements.deleteDocument, [collection, key, version]);
        return rows.length === 1;
      }),
  });
}
