import { styleText } from 'node:util';

/** The part of a writable stream that output needs. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Style = Parameters<typeof styleText>[0];

/** Where a command writes: results to stdout, everything about them to stderr. */
export interface Terminal {
  /** Whether stdout is for a machine: JSON and nothing else. */
  readonly json: boolean;
  /** Whether a person watches: the last line may be redrawn. */
  readonly live: boolean;
  readonly columns: number;
  /** Text as it is. */
  write(text: string): void;
  line(text?: string): void;
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
  return {
    json,
    live: !json && stdout.isTTY === true,
    // Some terminals say 0.
    columns: stdout.columns || 80,
    write: (text) => void stdout.write(text),
    line: (text = '') => void stdout.write(`${text}\n`),
    document: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    style: (style, text) => styleText(style, text, { stream: stdout, validateStream: true }),
  };
}
