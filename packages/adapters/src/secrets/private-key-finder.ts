import type { CreateSpanFinder } from './span-finder.ts';

const BEGIN = /-----BEGIN [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
/** At the end of a text: what may be the beginning of either line. */
const BEGUN = /-{1,5}$|-----B(?:E(?:G(?:I(?:N(?: [A-Z ]{0,82}-{0,4})?)?)?)?)?$/;
/** Characters of the longest such line. */
const LONGEST_LINE = 110;

/** A run of base64 that is as long as this is material of a key. */
const MATERIAL = 20;
/** Behind so many characters without such a run there is no key any more. */
const BARREN = 1024;

/**
 * Finds blocks of private keys (PEM, PGP), which go over many lines: from the line that begins one
 * to the line that ends it, or to where nothing has looked like a key for 1024 characters, for then
 * the key was cut off, or somebody only spoke of such lines.
 */
export const privateKeyFinder: CreateSpanFinder = (onSpan) => {
  /** The text from `base` on, as far as it is still needed. */
  let text = '';
  let base = 0;
  /** How far the text is read, in `text`. */
  let cursor = 0;
  /** Where the open block begins, by its position in the whole; -1 outside of blocks. */
  let start = -1;
  let run = 0;
  let material = 0;
  /** From where on `text` was searched for the end of a block, and where it is. */
  let searched = 0;
  let found: { readonly from: number; readonly to: number } | undefined;

  function readOutside(last: boolean): boolean {
    BEGIN.lastIndex = cursor;
    const begin = BEGIN.exec(text);
    if (begin === null) {
      const tail = Math.max(cursor, text.length - LONGEST_LINE);
      const begun = last ? -1 : text.slice(tail).search(BEGUN);
      cursor = begun === -1 ? text.length : tail + begun;
      return false;
    }
    start = base + begin.index;
    cursor = BEGIN.lastIndex;
    run = 0;
    material = cursor;
    onSpan(start, base + cursor);
    return true;
  }

  /** The next end of a block behind the cursor; no place is searched twice. */
  function endOfBlock(): typeof found {
    if (found !== undefined && found.from >= cursor) return found;
    END.lastIndex = Math.max(cursor, searched);
    const end = END.exec(text);
    found = end === null ? undefined : { from: end.index, to: END.lastIndex };
    searched = end === null ? Math.max(cursor, text.length - LONGEST_LINE) : end.index;
    return found;
  }

  function readInside(last: boolean): boolean {
    const end = endOfBlock();
    // What may be a part of the last line is read when that is certain.
    const until = end?.from ?? (last ? text.length : text.length - LONGEST_LINE);
    for (; cursor < until && cursor - material <= BARREN; cursor++) {
      run = isBase64(text.charCodeAt(cursor)) ? run + 1 : 0;
      if (run >= MATERIAL) material = cursor;
    }
    const over = cursor - material > BARREN;
    if (!over && end !== undefined) cursor = end.to;
    onSpan(start, base + cursor);
    if (!over && end === undefined) return false;
    start = -1;
    return true;
  }

  function read(piece: string, last: boolean): number {
    text += piece;
    while (start === -1 ? readOutside(last) : readInside(last));
    const settled = base + cursor;
    text = text.slice(cursor);
    base = settled;
    material -= cursor;
    searched = Math.max(0, searched - cursor);
    found = found && { from: found.from - cursor, to: found.to - cursor };
    cursor = 0;
    return settled;
  }

  return {
    read: (piece) => read(piece, false),
    end: (piece) => void read(piece, true),
  };
};

function isBase64(code: number): boolean {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  const isDigit = code >= 0x30 && code <= 0x39;
  return isLetter || isDigit || code === 0x2b || code === 0x2f || code === 0x3d;
}
