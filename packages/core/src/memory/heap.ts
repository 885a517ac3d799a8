/** A binary heap: the first entry in some order is at hand, the others are not sorted. */
export interface Heap<T> {
  readonly size: number;
  push(entry: T): void;
  /** The first entry, which stays. */
  first(): T | undefined;
  /** Removes the first entry. */
  pop(): T | undefined;
  /** Drops the entries that are not to be kept. */
  keepOnly(isKept: (entry: T) => boolean): void;
}

/** @param compare negative where the first of the two comes first. */
export function createHeap<T>(compare: (a: T, b: T) => number): Heap<T> {
  let entries: T[] = [];

  function rise(from: number): void {
    const entry = entries[from] as T;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(entries[parent] as T, entry) <= 0) break;
      entries[at] = entries[parent] as T;
      at = parent;
    }
    entries[at] = entry;
  }

  function sink(from: number): void {
    const entry = entries[from] as T;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && compare(entries[child + 1] as T, entries[child] as T) < 0) {
        child++;
      }
      if (compare(entry, entries[child] as T) <= 0) break;
      entries[at] = entries[child] as T;
      at = child;
    }
    entries[at] = entry;
  }

  return {
    get size() {
      return entries.length;
    },
    push(entry) {
      entries.push(entry);
      rise(entries.length - 1);
    },
    first: () => entries[0],
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (entries.length > 0) {
        entries[0] = last as T;
        sink(0);
      }
      return first;
    },
    keepOnly(isKept) {
      entries = entries.filter(isKept);
      for (let at = (entries.length >> 1) - 1; at >= 0; at--) sink(at);
    },
  };
}
