import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { Redact } from '@baton/core';
import { streamOf } from '@baton/core/internal';

/** What a program writes, as text that comes in pieces. */
export interface TextOutput {
  add(chunk: Buffer): string;
  /** The rest. */
  end(): string;
}

/** As it is. */
export function plainOutput(): TextOutput {
  const decoder = new StringDecoder('utf8');
  return { add: (chunk) => decoder.write(chunk), end: () => decoder.end() };
}

/** Characters of the longest control sequence that is waited for. */
const LONGEST_CONTROL = 256;
/** A control sequence that may go on: of the kinds that begin with `ESC [`, `ESC ]` and `ESC`. */
const OPEN_CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:(?:\u001b\[|\u009b)[0-?]*[ -/]*|\u001b\][^\u0007\u001b\u009c]*\u001b?|\u001b[ -/]*)$/;

/**
 * Without secrets, and without colours and other control sequences: those within a secret would hide
 * it, and whoever took them out later would put it together again.
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
