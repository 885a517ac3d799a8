import { createRequire } from 'node:module';
import type wrapAnsiType from 'wrap-ansi';

/** A word for a shell. */
const WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;
/** An option and its value. */
const PAIR = new RegExp(`--[\\w-]+ (?!-)${WORD.source}|${WORD.source}`, 'g');
/** What stands behind a line that goes on. */
const GOES_ON = ' \\';

/** How far the further lines of a command are from the left. */
const COMMAND_INDENT = 6;

/**
 * Text on lines of at most `columns`, broken at words; a word that is longer stands alone.
 *
 * @param hang blanks in front of all lines but the first.
 * @example
 * wrapText('one two three', 8, 2); // 'one two\n  three'
 */
export function wrapText(text: string, columns: number, hang: number): string {
  if (text.length <= columns && PLAIN.test(text)) return text;
  // A narrow terminal has no room for a column of blanks.
  const indent = hang > columns / 2 ? 0 : hang;
  // Blanks in front of a word that is too long are no line of their own: a command would end there.
  const lead = ' '.repeat(Math.min(text.length - text.trimStart().length, columns - 1));
  const words = text.slice(lead.length);
  const [start = '', ...more] = wrapAnsi(words, columns - lead.length, WORDS).split('\n');
  const first = `${lead}${start}`;
  if (more.length === 0) return first;
  const rest = more.map((line) => line.trim()).join(' ');
  const lines = wrapAnsi(rest, columns - indent, WORDS).split('\n');
  return [first, ...lines.map((line) => `${' '.repeat(indent)}${line.trimStart()}`)]
    .map((line) => line.trimEnd())
    .join('\n');
}

const WORDS = { trim: false, hard: false } as const;

/** As wide as it is long. */
const PLAIN = /^[\x20-\x7e]*$/;

const require = createRequire(import.meta.url);

/** Loaded for the first text that needs it: that takes a tenth of the time in which a command starts. */
const wrapAnsi: typeof wrapAnsiType = (...args) => {
  const { default: wrap } = require('wrap-ansi') as { readonly default: typeof wrapAnsiType };
  return wrap(...args);
};

/** A command for a shell on lines of at most `columns`, broken between its words. */
export function wrapCommand(command: string, columns: number, before: number): string {
  if (before + command.length <= columns) return command;
  const lines: string[] = [];
  let line = '';
  const most = columns - COMMAND_INDENT - GOES_ON.length;
  const pairs = command.match(PAIR) ?? [];
  for (const word of pairs.flatMap(
    (pair) => (pair.length > most ? pair.match(WORD) : pair) ?? [],
  )) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = columns - (lines.length === 0 ? before : COMMAND_INDENT) - GOES_ON.length;
    if (line === '' || longer.length <= room) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join(`${GOES_ON}\n${' '.repeat(COMMAND_INDENT)}`);
}
