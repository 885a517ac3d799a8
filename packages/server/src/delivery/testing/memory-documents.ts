import { type DocumentStore, type StoredDocument } from '@baton/core';

/** Documents in memory. `beforeWrite` may throw, as a process that ends there would. */
export function memoryDocuments(
  beforeWrite: (collection: string) => void = () => {},
): DocumentStore & { readonly all: ReadonlyMap<string, StoredDocument> } {
  const all = new Map<string, StoredDocument>();
  const place = (collection: string, key: string) => `${collection} ${key}`;
  return {
    all,
    async write({ collection, key, follows, value }) {
      beforeWrite(collection);
      const at = place(collection, key);
      if ((all.get(at)?.version ?? 0) !== follows) return false;
      all.set(at, { key, version: follows + 1, value: structuredClone(value) });
      return true;
    },
    read: async (collection, key) => all.get(place(collection, key)),
    async list({ collection, after, prefix = '', limit }) {
      return [...all]
        .filter(([at]) => at.startsWith(`${collection} ${prefix}`))
        .map(([, document]) => document)
        .filter(({ key }) => key > after)
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, limit);
    },
    async remove(collection, key, version) {
      const at = place(collection, key);
      return all.get(at)?.version === version && all.delete(at);
    },
  };
}
