import { styleText } from 'node:util';
import { MARK, visibleStyled } from '@baton/builds/internal';
import { wrapText } from './wrap.ts';

/** The part of a writable stream that output needs. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A line broken at words. What was marked as the text of others stays marked. */
function fittingLine(line: string, columns: number, hang: number | undefined): string {
  const indent = indentOf(line);
  const text = line.slice(indent);
  if (!text.startsWith(MARK)) return wrapText(line, columns, hang ?? indent + 2);
  const mark = `${' '.repeat(indent)}${MARK}`;
  const rest = wrapText(text.slice(MARK.length), columns - mark.length, 0);
  return rest.replaceAll(/^/gm, mark);
}

/** Blanks in front of a line. */
function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

type Style = Parameters<typeof styleText>[0];

/** Where a command writes: results to stdout, everything about them to stderr. */
export interface Terminal {
  /** Whether stdout is for a machine: JSON and nothing else. */
  readonly json: boolean;
  /** Whether a person watches: the last line may be redrawn. */
  readonly live: boolean;
  readonly columns: number;
  /** Characters that a line of a table may have: those of the screen, or any number where no person watches. */
  readonly room: number;
  /** Text as it is. */
  write(text: string): void;
  /**
   * A line, with what is invisible in it as escapes; for a person it is broken at words.
   *
   * @param hang blanks in front of what does not fit on the first line. Default: two more than the first has.
   */
  line(text?: string, hang?: number): void;
  /** One JSON document on one line. */
  document(value: unknown): void;
  /** A remark for people, on stderr. */
  note(text: string): void;
  /** `text` in a style, where stdout shows styles. */
  style(style: Style, text: string): string;
}

export interface TerminalOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly json: boolean;
}

export function createTerminal({ stdout, stderr, json }: TerminalOptions): Terminal {
  const live = !json && stdout.isTTY === true;
  // Some terminals say 0.
  const columns = () => stdout.columns || 80;
  const fitting = (text: string, hang?: number): string => {
    if (!live) return text;
    const lines = text.split('\n');
    return lines.map((line) => fittingLine(line, columns(), hang)).join('\n');
  };
  return {
    json,
    live,
    get columns() {
      return columns();
    },
    get room() {
      return live ? columns() : Number.POSITIVE_INFINITY;
    },
    write: (text) => void stdout.write(text),
    line: (text = '', hang) => void stdout.write(`${fitting(visibleStyled(text), hang)}\n`),
    document: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => void stderr.write(`${visibleStyled(text)}\n`),
    style: (style, text) => styleText(style, text, { stream: stdout, validateStream: true }),
  };
}
