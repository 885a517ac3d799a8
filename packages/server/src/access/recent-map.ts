/** A map of at most `most` entries, from which what was not used for long goes; at least half of them stay. */
export interface RecentMap<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

/*
 * Two maps, of which the elder is dropped when the younger is full, and what is used in the elder moves to the younger.
 * To look up what was used lately writes nothing: moving each entry behind all others costs more than what is looked up.
 */
export function createRecentMap<T>(most: number): RecentMap<T> {
  const half = Math.max(1, Math.floor(most / 2));
  let younger = new Map<string, T>();
  let elder = new Map<string, T>();

  function set(key: string, value: T): void {
    younger.set(key, value);
    if (younger.size < half) return;
    elder = younger;
    younger = new Map();
  }

  return {
    get(key) {
      const recent = younger.get(key);
      if (recent !== undefined) return recent;
      const value = elder.get(key);
      if (value !== undefined) set(key, value);
      return value;
    },
    set,
    delete(key) {
      younger.delete(key);
      elder.delete(key);
    },
  };
}
