import type { DatabaseSync } from 'node:sqlite';
import type { DocumentStore } from '@baton/core';
import { createDocumentStore } from '@baton/core/internal';
import { toDocumentText } from '../relational/document-row.ts';
import type { Row } from '../relational/workflow-row.ts';

/** Documents in the store's database. */
export function createSqliteDocuments(
  database: DatabaseSync,
  guarded: <T>(work: () => T) => Promise<T>,
): DocumentStore {
  const insert = database.prepare(
    `INSERT INTO baton_documents (collection, key, version, value) VALUES (?, ?, 1, ?)
     ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    `UPDATE baton_documents SET version = version + 1, value = ?
     WHERE collection = ? AND key = ? AND version = ?`,
  );
  const select = database.prepare(
    'SELECT key, version, value FROM baton_documents WHERE collection = ? AND key = ?',
  );
  const selectRange = database.prepare(
    `SELECT key, version, value FROM baton_documents
     WHERE collection = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?`,
  );
  const remove = database.prepare(
    'DELETE FROM baton_documents WHERE collection = ? AND key = ? AND version = ?',
  );

  return createDocumentStore({
    write: (collection, key, follows, text) =>
      guarded(() => {
        const { changes } =
          follows === 0
            ? insert.run(collection, key, text)
            : update.run(text, collection, key, follows);
        return changes === 1;
      }),
    read: (collection, key) =>
      guarded(() => {
        const row = select.get(collection, key) as Row | undefined;
        return row && toDocumentText(row);
      }),
    list: ({ collection, after, from, until, limit }) =>
      guarded(() => {
        const rows = selectRange.all(collection, after, from, until, limit) as Row[];
        return rows.map(toDocumentText);
      }),
    remove: (collection, key, version) =>
      guarded(() => remove.run(collection, key, version).changes === 1),
  });
}
