/**
 * `text` as every store can keep it: without NUL and lone surrogates, and, when it is longer than
 * `characters`, cut in the middle, for its ends say most.
 */
export function storableText(text: string, characters: number): string {
  const clean = text.replaceAll('\u0000', '\ufffd').toWellFormed();
  if (clean.length <= characters) return clean;
  const half = Math.floor(characters / 2) - 50;
  const cut = `${clean.slice(0, half)}\n[${clean.length - 2 * half} characters left out]\n${clean.slice(-half)}`;
  return cut.toWellFormed();
}
