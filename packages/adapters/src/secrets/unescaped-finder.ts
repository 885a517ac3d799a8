import { decodeEscape, isCutOff, LONGEST_ESCAPE, mayGoOn, nextLead } from './decode-escape.ts';
import type { CreateSpanFinder, OnSpan } from './span-finder.ts';

/** Looks for secrets in the characters that a text stands for; each stands at a place of its own. */
interface UnescapedReader {
  /** Reads characters of `text`, which begins at `base`, from the index `from` to before `to`. */
  read(text: string, base: number, from: number, to: number): void;
  /** Reads what an escape stands for that goes from `start` to before `end`. */
  readEscape(decoded: string, start: number, end: number): void;
  /** Where what it finds next begins at the earliest; `position` where nothing has begun. */
  begunAt(position: number): number;
  /** The text may be cut off in front of what comes; it ends at `end`. */
  cut(end: number): void;
}

export type CreateUnescapedReader = (onSpan: OnSpan) => UnescapedReader;

/** So many escapes in a row may stand for nothing: between the characters of a secret are no more. */
const MOST_EMPTY = 32;

/** Lets readers look through a text as it is when all its escapes are undone. */
export function unescapedFinder(creates: readonly CreateUnescapedReader[]): CreateSpanFinder {
  return (onSpan) => {
    const readers = creates.map((create) => create(onSpan));
    /** The text from `base` on, as far as it is not read. */
    let text = '';
    let base = 0;
    let empty = 0;

    function cut(end: number): void {
      for (const reader of readers) reader.cut(end);
    }

    /** Reads an escape, or the character that would begin one; answers how many it has read. */
    function readEscape(at: number, last: boolean): number {
      const window = text.slice(at, at + LONGEST_ESCAPE);
      const isOpen = mayGoOn(window);
      if (isOpen && !last) return 0;
      const found = decodeEscape(window);
      const length = found?.length ?? 1;
      let decoded = found?.text ?? text.charAt(at);
      if (isOpen && isCutOff(window, found)) cut(base + text.length);
      empty = decoded === '' ? empty + 1 : 0;
      // A backslash is in no secret whose escapes are undone: nothing goes on over it.
      if (empty > MOST_EMPTY) decoded = '\\';
      for (const reader of readers) reader.readEscape(decoded, base + at, base + at + length);
      return length;
    }

    function readOn(piece: string, last: boolean): number {
      text += piece;
      let at = 0;
      while (at < text.length) {
        const lead = nextLead(text, at);
        if (lead > at) {
          empty = 0;
          for (const reader of readers) reader.read(text, base, at, lead);
        }
        at = lead;
        const length = at < text.length ? readEscape(at, last) : 0;
        if (length === 0) break;
        at += length;
      }
      base += at;
      text = text.slice(at);
      return Math.min(...readers.map((reader) => reader.begunAt(base)));
    }

    return {
      read: (piece) => readOn(piece, false),
      end(piece) {
        readOn(piece, true);
        cut(base);
      },
    };
  };
}

/** A text with all its escapes undone. */
export function unescapeText(text: string): string {
  let unescaped = '';
  const reader: UnescapedReader = {
    read: (piece, _base, from, to) => {
      unescaped += piece.slice(from, to);
    },
    readEscape: (decoded) => {
      unescaped += decoded;
    },
    begunAt: (end) => end,
    cut: () => {},
  };
  unescapedFinder([() => reader])(() => {}).end(text);
  return unescaped;
}
