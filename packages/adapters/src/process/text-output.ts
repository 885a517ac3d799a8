import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { Redact } from '@baton/core';
import { streamOf } from '@baton/core/internal';

/** A program's output as streamed text. */
export interface TextOutput {
  add(chunk: Buffer): string;
  /** Returns the rest. */
  end(): string;
}

/** Decodes the output unchanged. */
export function plainOutput(): TextOutput {
  const decoder = new StringDecoder('utf8');
  return { add: (chunk) => decoder.write(chunk), end: () => decoder.end() };
}

/** Longest control sequence to wait for, in characters. */
const LONGEST_CONTROL = 256;
/** An unfinished control sequence that begins with `ESC [`, `ESC ]` or `ESC`. */
const OPEN_CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them.
  /(?:(?:\u001b\[|\u009b)[0-?]*[ -/]*|\u001b\][^\u0007\u001b\u009c]*\u001b?|\u001b[ -/]*)$/;

/**
 * Masks secrets and removes colours and other control sequences: inside a secret they would hide it, and a
 * later reader that strips them would restore it.
 */
export function maskedOutput(redact: Redact): TextOutput {
  const { add: decode, end: decodeRest } = plainOutput();
  const stream = streamOf(redact);
  let pending = '';

  return {
    add(chunk) {
      const text = pending + decode(chunk);
      const from = Math.max(0, text.length - LONGEST_CONTROL);
      const open = text.slice(from).search(OPEN_CONTROL);
      const whole = open === -1 ? text.length : from + open;
      pending = text.slice(whole);
      return stream.add(stripVTControlCharacters(text.slice(0, whole)));
    },
    end: () => stream.end(stripVTControlCharacters(pending + decodeRest())),
  };
}
