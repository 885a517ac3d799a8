import type { LiteralAutomaton } from './literal-automaton.ts';
import { CUT_SHORT, LONG } from './literal-finder.ts';
import type { CreateSpanFinder } from './span-finder.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const LETTER_N = 0x6e;
const LETTER_R = 0x72;

/** What may stand between two lines at most: a line end, in JSON, too, and indentation. */
const LONGEST_GAP = 32;

/** What a gap has come to. */
type Gap = 'none' | 'escape' | 'line_end';

/**
 * Finds the texts that an automaton knows also where they are wrapped: line ends, as they are or
 * escaped as in JSON, and the indentation behind them count for nothing. The texts hold neither
 * blanks nor backslashes.
 */
export function wrappedFinder(automaton: LiteralAutomaton): CreateSpanFinder {
  const { next, depth, matched, begun, longest } = automaton;
  return (onSpan) => {
    /** Where the last `longest` characters stand that are no gap, by their number. */
    const places: number[] = [];
    let count = 0;
    let state = 0;
    let position = 0;
    let gap: Gap = 'none';
    let gapLength = 0;

    const placeOf = (back: number): number => places[(count - back) % longest] as number;

    /** Whether the character belongs to a gap. */
    function skips(code: number): boolean {
      if (gap === 'escape' && (code === LETTER_N || code === LETTER_R)) gap = 'line_end';
      else if (code === NEWLINE || code === RETURN) gap = 'line_end';
      else if (code === BACKSLASH) gap = 'escape';
      else if (gap !== 'line_end' || (code !== SPACE && code !== TAB)) {
        // A backslash that begins no line end is as good as any other character.
        if (gap === 'escape') state = 0;
        gap = 'none';
        gapLength = 0;
        return false;
      }
      gapLength += 1;
      if (gapLength > LONGEST_GAP) state = 0;
      return true;
    }

    function read(piece: string): number {
      for (let at = 0; at < piece.length; at++, position++) {
        const code = piece.charCodeAt(at);
        if (skips(code)) continue;
        state = next(state, code);
        places[count % longest] = position;
        count += 1;
        const length = matched(state);
        if (length > 0) onSpan(placeOf(length), position + 1);
      }
      return state === 0 ? position : placeOf(depth(state));
    }

    return {
      read,
      end(piece) {
        read(piece);
        const cut = begun(state, LONG);
        if (cut >= CUT_SHORT) onSpan(placeOf(cut), position);
      },
    };
  };
}
