import { MARK, visible } from './foreign-text.ts';

/** Enough for the end of a report or of a trace; what matters comes last in most of them. */
const SHOWN = 20;
const SHOWN_CHARACTERS = 200;

/**
 * The end of what a command wrote, for a person who wants to know why it failed.
 *
 * @param rest where all of it is, for when something is left out. Default: nothing is said of that.
 */
export function lastLines(text: string, rest?: string): readonly string[] {
  const { lines, left } = endOf(text, rest);
  return [...lines, ...left];
}

/**
 * The same as lines that cannot be taken for Baton's own.
 *
 * @param rest where all of it is, for when something is left out.
 */
export function markedLines(text: string, rest: string): readonly string[] {
  const { lines, left } = endOf(text, rest);
  return [...lines.map((line) => `${MARK}${line}`), ...left];
}

function endOf(
  text: string,
  rest: string | undefined,
): { readonly lines: readonly string[]; readonly left: readonly string[] } {
  const lines = visible(text)
    .split('\n')
    .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  if (first === -1) return { lines: [], left: [] };
  const written = lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
  const shown = written.slice(-SHOWN);
  const isWhole =
    shown.length === written.length && shown.every((line) => line.length <= SHOWN_CHARACTERS);
  return {
    lines: shown.map((line) =>
      line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS - 1)}…`,
    ),
    left: isWhole || rest === undefined ? [] : [`(only the end; all of it: ${rest})`],
  };
}
