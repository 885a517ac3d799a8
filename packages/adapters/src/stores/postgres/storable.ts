import { BatonError } from '@baton/core';

/** JSON.stringify writes a NUL and each lone surrogate as such an escape, and nothing else so. */
const ESCAPED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * PostgreSQL keeps neither NUL nor lone surrogates; the driver would write the latter as U+FFFD.
 *
 * @throws BatonError `invalid_input`.
 */
export function checkText(text: string, what: string): void {
  if (!text.includes('\u0000') && text.isWellFormed()) return;
  throw unstorable(what);
}

/** The same for what JSON.stringify made. */
export function checkJsonText(text: string, what: string): void {
  if (ESCAPED.test(text)) throw unstorable(what);
}

function unstorable(what: string): BatonError {
  const text = `${what}: text must not contain NUL (U+0000) or lone surrogates`;
  return new BatonError('invalid_input', text);
}
