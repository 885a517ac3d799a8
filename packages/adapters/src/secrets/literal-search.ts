import { bisect } from './bisect.ts';

/** Looks for many texts at once, the literals. */
export interface LiteralSearch {
  /** Tells where literals are in a text, those that overlap as well: from `start` to before `end`. */
  find(text: string, onFound: (start: number, end: number) => void): void;
  /** The longest end of a text that is a beginning of a literal with `least` or more characters. */
  begun(text: string, least: number): number;
}

/** No literal is shorter. */
const HEAD = 6;

/**
 * An alternation, which reads 10 MB in a second for 1000 secrets. It goes back over what it has read where
 * hundreds of literals begin alike for hundreds of characters, which secrets do not.
 */
export function createLiteralSearch(literals: readonly string[]): LiteralSearch {
  const longestFirst = literals
    .toSorted((a, b) => b.length - a.length)
    .map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const any = new RegExp(`(?=(${longestFirst.join('|')}))`, 'g');
  const sorted = literals.toSorted((a, b) => (a < b ? -1 : 1));
  const heads = new Set(literals.map((literal) => literal.slice(0, HEAD)));
  const longest = literals.reduce((most, { length }) => Math.max(most, length), 0);

  return {
    find(text, onFound) {
      for (const { index, 1: found = '' } of text.matchAll(any)) {
        onFound(index, index + found.length);
      }
    },
    begun(text, least) {
      for (let length = Math.min(longest - 1, text.length); length > 0; length--) {
        const end = text.slice(text.length - length);
        if (length >= HEAD && !heads.has(end.slice(0, HEAD))) continue;
        // What begins with it stands together in the order.
        for (let at = bisect(sorted.length, (one) => (sorted[one] ?? '') < end); ; at++) {
          const literal = sorted[at];
          if (literal === undefined || !literal.startsWith(end)) break;
          if (literal.length > Math.max(length, least - 1)) return length;
        }
      }
      return 0;
    },
  };
}
