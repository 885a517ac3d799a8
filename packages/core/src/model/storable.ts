/** What is said of text that {@link isStorable} refuses. */
export const STORABLE = 'text must not contain NUL (U+0000) or lone surrogates';

/** Whether every store can keep `text` to the byte. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
