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
  const longest = literals.reduce((most, { length }) => Math.max(most, length), 0);
  const byBeginning = Array.from({ length: HEAD }, (_, at) =>
    Map.groupBy(literals, (literal) => literal.slice(0, at + 1)),
  );

  return {
    find(text, onFound) {
      for (const { index, 1: found = '' } of text.matchAll(any)) {
        onFound(index, index + found.length);
      }
    },
    begun(text, least) {
      for (let length = Math.min(longest - 1, text.length); length > 0; length--) {
        const end = text.slice(text.length - length);
        const most = Math.max(length, least - 1);
        const known = byBeginning[Math.min(length, HEAD) - 1]?.get(end.slice(0, HEAD)) ?? [];
        const isBegun = (literal: string) => literal.length > most && literal.startsWith(end);
        if (known.some(isBegun)) return length;
      }
      return 0;
    },
  };
}
