import { randomUUID } from 'node:crypto';
import type { DocumentStore } from '@baton/core';
import { createDocumentStore, type DocumentText } from '@baton/core/internal';
import type { Connection } from './connection.ts';
import { compareBytes, type Keys } from './keys.ts';
import { SCRIPTS, type Script } from './scripts.ts';

/** Documents in the store's database: each call is one script, in the slot of the collection. */
export function createRedisDocuments(
  connection: Connection,
  keys: Keys,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): DocumentStore {
  const read = (script: Script, collection: string, ...args: readonly string[]) =>
    guarded(() => connection.run({ script, keys: keys.documents(collection), args }));

  const change = (script: Script, collection: string, ...args: readonly string[]) =>
    guarded(async () => {
      const mark = keys.documentWrite(collection, randomUUID());
      const call = { script, keys: [...keys.documents(collection), mark], args };
      const [kind] = await connection.run(call);
      return kind === 'written';
    });

  return createDocumentStore({
    write: (collection, key, follows, text) =>
      change(SCRIPTS.writeDocument, collection, key, String(follows), text),
    async read(collection, key) {
      const [kind, text = ''] = await read(SCRIPTS.readDocument, collection, key);
      return kind === 'none' ? undefined : toDocumentText(key, text);
    },
    async list({ collection, after, from, until, limit }) {
      const first = compareBytes(after, from) < 0 ? `[${from}` : `(${after}`;
      const args = [first, `(${until}`, String(limit)];
      const [, ...found] = await read(SCRIPTS.listDocuments, collection, ...args);
      return Array.from({ length: found.length / 2 }, (_, i) =>
        toDocumentText(found[2 * i] as string, found[2 * i + 1] as string),
      );
    },
    remove: (collection, key, version) =>
      change(SCRIPTS.removeDocument, collection, key, String(version)),
  });
}

/** Text without a version has none, and is refused as damaged. */
function toDocumentText(key: string, stored: string): DocumentText {
  const [, version, text = ''] = /^(\d+)\|(.*)$/s.exec(stored) ?? [];
  return { key, version: Number(version), text };
}
