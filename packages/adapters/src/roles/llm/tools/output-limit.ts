/** Characters of one tool result that a model may read. */
export const MAX_CHARACTERS = 32 * 1024;

/** Keeps the head and the tail of a long text, with a line that says what is missing. */
export function headAndTail(text: string, limit = MAX_CHARACTERS): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const head = text.slice(0, half).toWellFormed();
  const tail = text.slice(-half).toWellFormed();
  return `${head}\n[... ${text.length - 2 * half} characters left out ...]\n${tail}`;
}
