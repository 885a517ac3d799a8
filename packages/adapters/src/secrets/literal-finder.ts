import type { LiteralAutomaton } from './literal-automaton.ts';
import type { CreateSpanFinder } from './span-finder.ts';

/** A text that ends with so much of a long secret was cut there: that much is masked, too. */
export const CUT_SHORT = 8;
/** How long a secret has to be for that: the beginnings of short ones are everyday text. */
export const LONG = 16;

/** Finds the texts that an automaton knows. */
export function literalFinder(automaton: LiteralAutomaton): CreateSpanFinder {
  const { next, depth, matched, begun, skip } = automaton;
  return (onSpan) => {
    let state = 0;
    let position = 0;

    function read(piece: string): number {
      for (let at = 0; at < piece.length; at++) {
        if (state === 0) at = skip(piece, at, piece.length);
        state = next(state, piece.charCodeAt(at));
        const length = matched(state);
        if (length > 0) onSpan(position + at + 1 - length, position + at + 1);
      }
      position += piece.length;
      return position - depth(state);
    }

    return {
      read,
      end(piece) {
        read(piece);
        const cut = begun(state, LONG);
        if (cut >= CUT_SHORT) onSpan(position - cut, position);
      },
    };
  };
}
