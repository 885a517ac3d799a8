import type { CreateSpanFinder } from './span-finder.ts';

const BEGIN = /-----BEGIN [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/g;
/** Either of them, found once. */
const OTHER_LINE = /-----(?:BEGIN|END) [A-Z ]{0,64}PRIVATE KEY(?: BLOCK)?-----/;
/** At the end of a text: what may be the beginning of either line. */
const BEGUN = /-{1,5}$|-----B(?:E(?:G(?:I(?:N(?: [A-Z ]{0,82}-{0,4})?)?)?)?)?$/;
/** Characters of the longest such line. */
const LONGEST_LINE = 110;

/** A run of base64 that is as long as this is material of a key. */
const MATERIAL = 20;
/** Characters behind the first line in which a key begins; whatever else stands there is only words. */
const BEGINNING = 256;
const RUNS = new RegExp(`[A-Za-z0-9+/=]{${MATERIAL},}`, 'g');
/** A key that is shorter than that or cut off: nothing but base64 and line ends. */
const SHORT = /^(?:\s*[\r\n]\s*|\\[rn])*[A-Za-z0-9+/=]+(?:\s|\\[rn])*$/;
/** Behind so many characters without such a run there is no key any more. */
const BARREN = 1024;

/**
 * Finds blocks of private keys (PEM, PGP), which go over many lines: from the line that begins one
 * to the line that ends it, or to where nothing has looked like a key for 1024 characters, for then
 * the key was cut off. Where no key follows, as in prose or in a regular expression, the line alone is found.
 */
export const privateKeyFinder: CreateSpanFinder = (onSpan) => {
  /** The text from `base` on, as far as it is still needed. */
  let text = '';
  let base = 0;
  /** How far the text is read, in `text`. */
  let cursor = 0;
  /** Where the open block begins, by its position in the whole; -1 outside of blocks. */
  let start = -1;
  /** Whether a key was seen in it. */
  let isKey = false;
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
    isKey = false;
    run = 0;
    material = cursor;
    onSpan(start, base + cursor);
    return true;
  }

  /** Whether a key follows the first line; undefined where more has to be read. */
  function keyFollows(last: boolean): boolean | undefined {
    const ahead = text.slice(cursor, cursor + BEGINNING + LONGEST_LINE);
    const other = ahead.search(OTHER_LINE);
    const body = ahead.slice(0, other === -1 ? BEGINNING : other);
    if (hasMaterial(body)) return true;
    const isWhole = last && text.length - cursor <= BEGINNING;
    if (other !== -1 || isWhole) return SHORT.test(body);
    return last || ahead.length === BEGINNING + LONGEST_LINE ? false : undefined;
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
    if (!isKey) {
      const follows = keyFollows(last);
      if (follows === undefined) return false;
      if (!follows) {
        start = -1;
        return true;
      }
      isKey = true;
    }
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

/** Letters of both cases and figures: no word or path that is as long. */
function hasMaterial(text: string): boolean {
  return [...text.matchAll(RUNS)].some(
    ([found]) => /[A-Z]/.test(found) && /[a-z]/.test(found) && /[0-9+]/.test(found),
  );
}

function isBase64(code: number): boolean {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  const isDigit = code >= 0x30 && code <= 0x39;
  return isLetter || isDigit || code === 0x2b || code === 0x2f || code === 0x3d;
}
