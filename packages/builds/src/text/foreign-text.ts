import { stripVTControlCharacters } from 'node:util';

/** In front of every further line of a text that others wrote; no line of Baton's own begins so. */
export const MARK = '│ ';
const CONTINUED = `\n    ${MARK}`;

/**
 * What no one sees, or what changes how its neighbours are shown: controls, bidirectional controls, blanks
 * of no width, separators of lines, halves of characters. Tabs and line ends stay.
 */
const INVISIBLE =
  /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?!\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
/** In an emoji of several parts. */
const JOINED =
  /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*)\u200d(?=\p{Extended_Pictographic})/gu;
const ESCAPE = '\u001b';
const STYLE = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);

/**
 * Text that others wrote, so that all of it is seen: without the styles that a program gave it, and with
 * what is invisible as escapes. Carriage returns end lines.
 *
 * @example
 * visible('a\u202eb'); // 'a\\u202eb'
 */
export function visible(text: string): string {
  return escaped(stripVTControlCharacters(text).replaceAll(/\r\n?/g, '\n'));
}

/** The same for a line of Baton's own with such text in it: its styles stay. */
export function visibleStyled(text: string): string {
  return text
    .split(STYLE)
    .map((part, index) => (index % 2 === 0 ? escaped(part) : part))
    .join('');
}

/** Text that others wrote, visible, and with further lines that cannot be taken for Baton's own. */
export function plain(text: string): string {
  return visible(text).trimEnd().replaceAll('\n', CONTINUED);
}

/** Text that others wrote on one line of at most `columns` characters. */
export function oneLine(text: string, columns: number): string {
  const flat = visible(text).replace(/\s+/g, ' ').trim();
  return flat.length <= columns ? flat : `${flat.slice(0, Math.max(0, columns - 1))}…`;
}

function escaped(text: string): string {
  const joints = new Set([...text.matchAll(JOINED)].map(({ index }) => index));
  return text.replaceAll(INVISIBLE, (character, at: number) =>
    joints.has(at) ? character : escapeOf(character),
  );
}

function escapeOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

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
