/** Keeps a value as JSON in a web storage; what cannot be read counts as absent. */
export function createStorage(storage, key) {
  return {
    load(fallback) {
      try {
        const text = storage.getItem(key);
        return text === null ? fallback : JSON.parse(text);
      } catch {
        return fallback;
      }
    },
    save(value) {
      storage.setItem(key, JSON.stringify(value));
    },
  };
}
