import type { LiteralAutomaton } from './literal-automaton.ts';
import { CUT_SHORT, LONG } from './literal-finder.ts';
import type { CreateUnescapedReader } from './unescaped-finder.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;

/** What may stand between two lines at most: line ends and indentation. */
const LONGEST_GAP = 32;

/**
 * Finds the texts that an automaton knows among characters that stand at places of their own.
 *
 * @param wraps whether line ends and the indentation behind them count for nothing; the texts of the
 * automaton hold no blanks then, and it knows of `\n` and `\r` as fillers.
 */
export function placedReader(automaton: LiteralAutomaton, wraps: boolean): CreateUnescapedReader {
  const { next, depth, matched, begun, longest, skip } = automaton;
  return (onSpan) => {
    /** Where the last characters begin, by their number: at least as many as the longest text has. */
    const places = new Float64Array(2 ** Math.ceil(Math.log2(longest + 1)));
    const mask = places.length - 1;
    let count = 0;
    let state = 0;
    let gap = 0;

    const placeOf = (back: number): number => places[(count - back) & mask] as number;

    /** Whether the character belongs to a gap between two lines. */
    function isGap(code: number): boolean {
      const isLineEnd = code === NEWLINE || code === RETURN;
      if (!isLineEnd && (gap === 0 || (code !== SPACE && code !== TAB))) {
        gap = 0;
        return false;
      }
      gap += 1;
      if (gap > LONGEST_GAP) state = 0;
      return true;
    }

    function readOne(code: number, start: number, end: number): void {
      if (wraps && isGap(code)) return;
      state = next(state, code);
      if (state === 0) return;
      places[count & mask] = start;
      count += 1;
      const length = matched(state);
      if (length > 0) onSpan(placeOf(length), end);
    }

    return {
      read(text, base, from, to) {
        for (let at = from; at < to; at++) {
          if (state === 0) at = skip(text, at, to);
          readOne(text.charCodeAt(at), base + at, base + at + 1);
        }
      },
      readEscape(decoded, start, end) {
        for (let at = 0; at < decoded.length; at++) readOne(decoded.charCodeAt(at), start, end);
      },
      begunAt: (position) => (state === 0 ? position : placeOf(depth(state))),
      cut(end) {
        const length = begun(state, LONG);
        const isWhole = length === matched(state);
        if (length >= CUT_SHORT && !isWhole) onSpan(placeOf(length), end);
      },
    };
  };
}
