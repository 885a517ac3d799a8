import { BatonError } from '@baton/core';

/** JSON.stringify writes only NUL and lone surrogates with these escapes. */
const ESCAPED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * Refuses NUL, which PostgreSQL cannot store, and lone surrogates, which the driver would replace by U+FFFD.
 *
 * @throws BatonError `invalid_input`.
 */
export function checkText(text: string, what: string): void {
  if (!text.includes('\u0000') && text.isWellFormed()) return;
  throw unstorable(what);
}

/** Like {@link checkText}, for JSON text from JSON.stringify. */
export function checkJsonText(text: string, what: string): void {
  if (ESCAPED.test(text)) throw unstorable(what);
}

function unstorable(what: string): BatonError {
  const text = `${what}: text must not contain NUL (U+0000) or lone surrogates`;
  return new BatonError('invalid_input', text);
}
