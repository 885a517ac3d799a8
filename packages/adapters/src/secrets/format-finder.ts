import {
  type KeyFormat,
  LONGEST_ESCAPED,
  OPEN_AT_LINE_END,
  OPEN_CHARACTERS,
} from './key-formats.ts';
import type { CreateSpanFinder, OnSpan } from './span-finder.ts';

/** A match has at most so many characters, but for its rest. */
const LONGEST_MATCH = 32 * 1024;
/** A line that is longer than this is read in parts. */
const LONGEST_LINE = 3 * LONGEST_MATCH;
/** What patterns may look at before their beginning. */
const BEHIND = 64;

/**
 * Finds what looks like a key. No match goes over a line end, but for those behind the name of a key,
 * so that what stands before is settled; of a longer line all but the longest match is.
 */
export function formatFinder(formats: readonly KeyFormat[]): CreateSpanFinder {
  return (onSpan) => {
    const searches = formats.map((format) => createSearch(format, onSpan));
    /** The text from `base` on, as far as it is still needed. */
    let text = '';
    let base = 0;
    let settled = 0;

    function settle(to: number, view: string): number {
      for (const search of searches) search(view, base, base + to);
      settled = base + to;
      const from = Math.max(0, to - BEHIND);
      text = text.slice(from);
      base += from;
      return settled;
    }

    return {
      read(piece) {
        text += piece;
        const line = settledLine(text, piece);
        if (line > 0) return settle(line, text.slice(0, line));
        if (text.length > LONGEST_LINE) return settle(text.length - LONGEST_MATCH, uncut(text));
        return settled;
      },
      end(piece) {
        text += piece;
        settle(text.length, text);
      },
    };
  };
}

/** The text without what may be the beginning of an escape that a key goes on with. */
function uncut(text: string): string {
  const cut = text.slice(-LONGEST_ESCAPED).search(/[\\%]/);
  return cut === -1 ? text : text.slice(0, cut - LONGEST_ESCAPED);
}

/** Where the last line ends, within the last piece of a text, that no key can go over; 0 for none. */
function settledLine(text: string, piece: string): number {
  for (let at = piece.length; at > 0; ) {
    at = piece.lastIndexOf('\n', at - 1);
    if (at === -1) return 0;
    const end = text.length - piece.length + at + 1;
    const before = text.slice(Math.max(0, end - OPEN_CHARACTERS), end);
    if (!OPEN_AT_LINE_END.test(before)) return end;
  }
  return 0;
}

/** Finds the keys of one format that begin before `settled`; `view` begins at `base`. */
type Search = (view: string, base: number, settled: number) => void;

function createSearch(
  { pattern, rest, plausible = () => true }: KeyFormat,
  onSpan: OnSpan,
): Search {
  let next = 0;
  /** A match that may go on with what comes. */
  let growing: { readonly start: number; readonly isKey: boolean } | undefined;

  function grow(view: string, base: number): void {
    if (growing === undefined || rest === undefined) return;
    rest.lastIndex = next - base;
    next += rest.exec(view)?.[0].length ?? 0;
    if (growing.isKey) onSpan(growing.start, next);
    if (next < base + view.length) growing = undefined;
  }

  return (view, base, settled) => {
    grow(view, base);
    for (;;) {
      pattern.lastIndex = next - base;
      const match = pattern.exec(view);
      if (match === null || base + match.index >= settled) break;
      const [found, kept] = match;
      const start = base + match.index + (typeof kept === 'string' ? kept.length : 0);
      const end = base + match.index + found.length;
      const isKey = end > start && plausible(found);
      if (isKey) onSpan(start, end);
      if (end === base + view.length) growing = { start, isKey };
      // An empty match would be found for ever.
      next = Math.max(end, base + match.index + 1);
    }
    next = Math.max(next, settled);
  };
}
