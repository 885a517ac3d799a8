/** A list that keeps its beginning and its end when there is too much of it. */
export interface BoundedList<T> {
  add(item: T): void;
  /** All items; `leftOut` makes the one that stands for those that were dropped. */
  all(leftOut: (count: number) => T): readonly T[];
}

/** @param most the size of all items together; one half is for the beginning, the other for the end. */
export function createBoundedList<T>(most: number, sizeOf: (item: T) => number): BoundedList<T> {
  const first: T[] = [];
  const last: { readonly item: T; readonly size: number }[] = [];
  let room = most / 2;
  let used = 0;
  let dropped = 0;
  return {
    add(item) {
      const size = sizeOf(item);
      if (last.length === 0 && dropped === 0 && size <= room) {
        room -= size;
        first.push(item);
        return;
      }
      last.push({ item, size });
      used += size;
      for (let oldest = last[0]; used > most / 2 && oldest !== undefined; [oldest] = last) {
        last.shift();
        used -= oldest.size;
        dropped++;
      }
    },
    all: (leftOut) => [
      ...first,
      ...(dropped === 0 ? [] : [leftOut(dropped)]),
      ...last.map(({ item }) => item),
    ],
  };
}
