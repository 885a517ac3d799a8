import { createDocumentStore } from '../documents/create-document-store.ts';
import type { DocumentText } from '../documents/document-backend.ts';
import type { DocumentStore } from '../ports/document-store.ts';
import { byCodePoint } from './order.ts';
import { createSortedTexts, type SortedTexts } from './sorted-texts.ts';

/** Documents of one process. */
export function createMemoryDocuments(): DocumentStore {
  const collections = new Map<string, Collection>();

  function opened(name: string): Collection {
    const known = collections.get(name);
    if (known !== undefined) return known;
    const made = createCollection();
    collections.set(name, made);
    return made;
  }

  return createDocumentStore({
    async write(collection, key, follows, text) {
      const { keys, documents } = opened(collection);
      if ((documents.get(key)?.version ?? 0) !== follows) return false;
      documents.set(key, { key, version: follows + 1, text });
      keys.add(key);
      return true;
    },
    async read(collection, key) {
      return collections.get(collection)?.documents.get(key);
    },
    async list({ collection, after, from, until, limit }) {
      const found: DocumentText[] = [];
      const { keys, documents } = collections.get(collection) ?? NONE;
      const starts = documents.has(from) && byCodePoint(from, after) > 0;
      let key = starts ? from : keys.after(byCodePoint(after, from) < 0 ? from : after);
      while (key !== undefined && byCodePoint(key, until) < 0 && found.length < limit) {
        found.push(documents.get(key) as DocumentText);
        key = keys.after(key);
      }
      return found;
    },
    async remove(collection, key, version) {
      const { keys, documents } = collections.get(collection) ?? NONE;
      if (documents.get(key)?.version !== version) return false;
      documents.delete(key);
      keys.remove(key);
      return true;
    },
  });
}

interface Collection {
  readonly keys: SortedTexts;
  readonly documents: Map<string, DocumentText>;
}

function createCollection(): Collection {
  return { keys: createSortedTexts(), documents: new Map() };
}

/** Reading makes no collection. */
const NONE: Collection = createCollection();
