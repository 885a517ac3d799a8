import { byCodePoint } from './order.ts';

/** Texts in the order of code points, each once. */
export interface SortedTexts {
  add(text: string): void;
  remove(text: string): void;
  has(text: string): boolean;
  /** The first one that is greater. */
  after(text: string): string | undefined;
  /** The first ones that are greater. */
  behind(text: string, limit: number): readonly string[];
}

export function createSortedTexts(): SortedTexts {
  const sorted: string[] = [];

  /** The place of the first one that is `text` or greater. */
  function placeOf(text: string): number {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (byCodePoint(sorted[middle] as string, text) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  return {
    add(text) {
      const place = placeOf(text);
      if (sorted[place] !== text) sorted.splice(place, 0, text);
    },
    remove(text) {
      const place = placeOf(text);
      if (sorted[place] === text) sorted.splice(place, 1);
    },
    has(text) {
      return sorted[placeOf(text)] === text;
    },
    behind(text, limit) {
      const place = placeOf(text);
      const first = sorted[place] === text ? place + 1 : place;
      return sorted.slice(first, first + limit);
    },
    after(text) {
      const place = placeOf(text);
      return sorted[place] === text ? sorted[place + 1] : sorted[place];
    },
  };
}
