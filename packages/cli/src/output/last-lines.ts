import { plain } from './table.ts';

/** Enough for the end of a report or of a trace; what matters comes last in most of them. */
const SHOWN = 20;
const SHOWN_CHARACTERS = 200;

/**
 * The end of what a command wrote, for a person who wants to know why it failed.
 *
 * @param rest where all of it is, for when something is left out.
 */
export function lastLines(text: string, rest: string): readonly string[] {
  const lines = plain(text)
    .split('\n')
    .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  if (first === -1) return [];
  const written = lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
  const shown = written.slice(-SHOWN);
  const isWhole =
    shown.length === written.length && shown.every((line) => line.length <= SHOWN_CHARACTERS);
  return [
    ...shown.map((line) =>
      line.length <= SHOWN_CHARACTERS ? line : `${line.slice(0, SHOWN_CHARACTERS - 1)}…`,
    ),
    ...(isWhole ? [] : [`(only the end; all of it: ${rest})`]),
  ];
}
