import type { RedactStream } from '@baton/core/internal';
import { BEHIND, KEY_FORMATS, type KeyFormat, OPEN_AT_LINE_END } from './key-formats.ts';
import type { LiteralSearch } from './literal-search.ts';
import { findPrivateKeys } from './private-keys.ts';
import { unescaped, unwrapped, type View, viewOf, withoutCutEscape } from './view.ts';

/** What stands in the place of a secret. */
export const MASK = '[secret]';

/** So many characters are held back at most, and so many of them when these are reached. */
const MOST_HELD = 96 * 1024;
const LEAST_HELD = 32 * 1024;
/** A text of more characters is not searched again for every line. */
const MUCH = 4096;
/** A text that ends with so much of a long literal was cut off there. */
const CUT_OFF = 8;
const LONG = 16;

/** A secret from `start` to before `end`; `from` is where the search for it has to begin. */
interface Span {
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/*
 * Invariants
 * 1. Nothing is answered that may still turn out to be a part of a secret.
 * 2. Spans that overlap are one secret, and have one mask, at their beginning.
 * 3. Every line end stays, those within secrets, too: behind the mask.
 */

/** Masks a text that comes in pieces, line by line as far as no secret may go on over the line end. */
export function createMaskingStream(literals: LiteralSearch | undefined): RedactStream {
  /** What is not answered yet, and the end of what was before. */
  let text = '';
  let behind = '';
  /** So many characters of the text belong to a secret that has its mask. */
  let masked = 0;
  /** The text is searched when it has so many characters. */
  let awaited = 0;

  /** Finds secrets in the beginning of the text; answers from where on one may go on behind it. */
  function find(part: string, last: boolean, spans: Span[]): number {
    const written = viewOf(part);
    const plain = unescaped(written);
    const views = plain === written ? [plain] : [written, plain];
    for (const view of views) {
      const before = view === plain ? unescaped(viewOf(behind)).text : behind;
      for (const format of KEY_FORMATS) findKeys(format, before, view, spans);
    }
    let open = part.length;
    const cut = last ? withoutCutEscape(part) : part;
    if (cut !== part) views.push(unescaped(viewOf(cut)));
    for (const view of literals === undefined ? [] : views.map(unwrapped)) {
      literals?.find(view.text, (start, end) => spans.push(spanOf(view, start, start, end)));
      const begun = literals?.begun(view.text, last ? LONG : 0) ?? 0;
      if (begun < (last ? CUT_OFF : 1)) continue;
      const { start } = view.place(view.text.length - begun);
      if (last) spans.push({ from: start, start, end: part.length });
      else open = Math.min(open, start);
    }
    const key = findPrivateKeys(plain.text, last, (start, end) =>
      spans.push(spanOf(plain, start, start, end)),
    );
    return key === plain.text.length ? open : Math.min(open, plain.place(key).start);
  }

  /** Answers the text as far as it is settled, `line` at most. */
  function take(line: number, last = false): string {
    const isFull = !last && text.length > MOST_HELD;
    const part = isFull ? withoutCutEscape(text) : text.slice(0, line);
    const spans: Span[] = [];
    const open = find(part, last || isFull, spans);
    let to = isFull ? part.length - LEAST_HELD : open;
    for (const { from, end } of spans.toSorted((a, b) => b.from - a.from)) {
      if (from < to && to < end) to = from;
    }
    const endless =
      isFull && to < LEAST_HELD ? spans.find(({ end }) => end === part.length) : undefined;
    if (endless !== undefined) to = part.length;
    if (to < text.length) to = withoutCutEscape(text.slice(0, to)).length;
    const answer = maskedTo(to, spans);
    // What an endless key goes on with is known by its beginning, which has its mask already.
    const begun = endless && text.slice(endless.from, endless.start + BEHIND).replaceAll('\n', ' ');
    behind = begun === undefined ? (behind + text.slice(0, to)).slice(-BEHIND) : '';
    text = (begun ?? '') + text.slice(to);
    masked = begun?.length ?? Math.max(0, masked - to);
    awaited = text.length > Math.max(to, MUCH) ? 2 * text.length : 0;
    return answer;
  }

  function maskedTo(to: number, spans: readonly Span[]): string {
    let answer = '';
    let at = 0;
    const answerTo = (end: number): void => {
      const border = Math.min(Math.max(masked, at), end);
      answer += text.slice(at, border).replace(/[^\n]+/g, '') + text.slice(border, end);
      at = end;
    };
    for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
      if (start >= to) break;
      if (start >= masked) {
        answerTo(start);
        answer += MASK;
      }
      masked = Math.max(masked, end);
    }
    answerTo(to);
    return answer;
  }

  return {
    add(piece) {
      text += piece;
      if (text.length < awaited) return '';
      const line = piece.includes('\n') ? closedLine(behind, text) : 0;
      return line > 0 || text.length > MOST_HELD ? take(line) : '';
    },
    end(piece = '') {
      text += piece;
      return take(text.length, true);
    },
  };
}

/** Finds the keys of one format; patterns look at what was before the text, too. */
function findKeys(
  { pattern, plausible = () => true }: KeyFormat,
  before: string,
  view: View,
  spans: Span[],
): void {
  pattern.lastIndex = before.length;
  for (const { 0: found, 1: kept = '', index } of (before + view.text).matchAll(pattern)) {
    const from = index - before.length;
    const start = from + kept.length;
    const end = from + found.length;
    if (plausible(found)) spans.push(spanOf(view, from, start, end));
  }
}

function spanOf(view: View, from: number, start: number, end: number): Span {
  const { place } = view;
  return { from: place(from).start, start: place(start).start, end: place(end - 1).end };
}

/** Where the last line of a text ends that no key of the formats can go over; 0 for none. */
function closedLine(behind: string, text: string): number {
  for (let at = text.length; at > 0; ) {
    at = text.lastIndexOf('\n', at - 1);
    if (at === -1) return 0;
    const line = (at < BEHIND ? behind : '') + text.slice(Math.max(0, at + 1 - BEHIND), at + 1);
    if (!OPEN_AT_LINE_END.test(line)) return at + 1;
  }
  return 0;
}
