import type { RedactStream } from '@baton/core/internal';
import { KEY_FORMATS } from './key-formats.ts';
import type { LiteralSearch } from './literal-search.ts';
import { findPrivateKeys } from './private-keys.ts';
import { endOf, startOf, unescaped, unwrapped, type View } from './view.ts';

/** What stands in the place of a secret. */
export const MASK = '[secret]';

/** So many characters are held back at most, and so many of them when these are reached. */
const [MOST_HELD, LEAST_HELD] = [96 * 1024, 32 * 1024];
/** Characters before a place that patterns look at. */
const BEHIND = 96;
/** A text of more characters is not searched again for every line. */
const MUCH = 4096;
/** Of the longest escape: a text may end in the midst of one. */
const LONGEST_ESCAPE = 32;
/** A text that ends with so much of a long literal was cut off there. */
const [CUT_OFF, LONG] = [8, 16];

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
export function createMaskingStream(literals: LiteralSearch): RedactStream {
  /** What is not answered yet, and the end of what was before. */
  let text = '';
  let behind = '';
  /** So many characters of the text belong to a secret that has its mask. */
  let masked = 0;
  /** The text is searched when it has so many characters. */
  let awaited = 0;

  /** Finds secrets in the beginning of the text; answers from where on one may go on behind it. */
  function find(part: string, last: boolean, spans: Span[]): number {
    const written = { text: part };
    const plain = unescaped(written);
    const views = plain === written ? [plain] : [written, plain];
    for (const view of views) {
      const before = view === plain ? unescaped({ text: behind }).text : behind;
      const whole = before + view.text;
      for (const { pattern, plausible } of KEY_FORMATS) {
        pattern.lastIndex = before.length;
        for (const { 0: found, 1: kept = '', index } of whole.matchAll(pattern)) {
          const from = index - before.length;
          const span = spanOf(view, from, from + kept.length, from + found.length);
          if (plausible?.(found) !== false) spans.push(span);
        }
      }
    }
    let open = part.length;
    for (const view of views.map(unwrapped)) {
      const onFound = (start: number, end: number) => spans.push(spanOf(view, start, start, end));
      const begun = literals.find(view.text, last ? LONG : 0, onFound);
      if (begun < (last ? CUT_OFF : 1)) continue;
      const start = startOf(view, view.text.length - begun);
      if (last) spans.push({ from: start, start, end: part.length });
      else open = Math.min(open, start);
    }
    const key = findPrivateKeys(plain.text, last, (start, end) =>
      spans.push(spanOf(plain, start, start, end)),
    );
    return key === plain.text.length ? open : Math.min(open, startOf(plain, key));
  }

  /** Answers the text as far as it is settled, `line` at most. */
  function take(line: number, last = false): string {
    const isFull = !last && text.length > MOST_HELD;
    const part = isFull ? text : text.slice(0, line);
    const spans: Span[] = [];
    const open = find(part, last || isFull, spans);
    let to = isFull ? part.length - LEAST_HELD : open;
    for (const { from, end } of spans.toSorted((a, b) => b.from - a.from)) {
      if (from < to && to < end) to = from;
    }
    const isEndless = ({ end }: Span): boolean => isFull && end > part.length - LONGEST_ESCAPE;
    const endless = to < LEAST_HELD ? spans.find(isEndless) : undefined;
    if (endless !== undefined) to = endless.end;
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
      const line = piece.includes('\n') ? text.lastIndexOf('\n') + 1 : 0;
      return line > 0 || text.length > MOST_HELD ? take(line) : '';
    },
    end(piece = '') {
      text += piece;
      return take(text.length, true);
    },
  };
}

function spanOf(view: View, from: number, start: number, end: number): Span {
  return { from: startOf(view, from), start: startOf(view, start), end: endOf(view, end - 1) };
}
